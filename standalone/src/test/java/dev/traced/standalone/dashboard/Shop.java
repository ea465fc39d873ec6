package dev.traced.standalone.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.MessageLite;
import dev.traced.standalone.TracedProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code traced up} with the {@link ShopTraffic} of the last ten minutes, closed and counted; one a JVM, which all tests look
 * at. What a test adds has services of its own, so that the others do not notice.
 */
final class Shop {
    private static final Duration AGO = Duration.ofMinutes(10);
    private static final long FIRST_DRAFT = 0x10_0000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Shop open;

    private final TracedProcess traced;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ShopTraffic traffic;
    private long drafts = FIRST_DRAFT;

    private Shop(TracedProcess traced) {
        this.traced = traced;
        this.traffic = new ShopTraffic(nanos(Instant.now().minus(AGO)));
    }

    /** The one of this JVM, with which it ends. */
    static synchronized Shop open() {
        if (open == null) {
            Path data = createDirectory();
            TracedProcess traced = TracedProcess.run(
                    Map.of("TRACE_IDLE_SECONDS", "1"), "up", "--http-port", "0", "--data-dir", data.toString());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                traced.close();
                delete(data);
            }));
            traced.awaitReady();
            open = new Shop(traced);
            open.fill();
        }
        return open;
    }

    private void fill() {
        List<TraceDraft> traces = traffic.traces();
        for (TraceDraft trace : traces) {
            send(trace);
        }
        TraceDraft late = traffic.beginsLateOrder();
        send(late);
        awaitClosed(traces.size() + 1);
        traffic.endLateOrder(late);
        send(late);
        await("the late span counts")
                .atMost(Duration.ofSeconds(30))
                .until(() -> get("/traces/" + late.id()).path("spans").size() == 2
                        && get("/services").toString().contains("\"" + ShopTraffic.LATE_SERVICE + "\""));
    }

    /** Waits until so many traces have closed, and count. */
    void awaitClosed(int traces) {
        await(traces + " traces have closed")
                .atMost(Duration.ofSeconds(30))
                .until(() -> get("/stats").path("traces").asInt() >= traces);
    }

    URI url() {
        return traced.url();
    }

    /** What it was filled with. */
    ShopTraffic traffic() {
        return traffic;
    }

    /** A trace of a test's own, which begins now. */
    TraceDraft draft() {
        return new TraceDraft(drafts++, nanos(Instant.now()));
    }

    /** Sends what is new of it by OTLP, its logs too. */
    void send(TraceDraft trace) {
        post("/v1/traces", "application/x-protobuf", bytes(trace.takeSpans()), 200);
        post("/v1/logs", "application/x-protobuf", bytes(trace.takeLogs()), 200);
    }

    /** Sends these traces of a service of their own by {@code POST /spans}. */
    void send(BulkTraces traces) {
        traces.batches().forEach(batch -> post("/spans", "application/json", batch, 202));
    }

    private void post(String path, String type, byte[] body, int status) {
        HttpRequest.Builder request =
                request(path).header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofByteArray(body));
        HttpResponse<String> answer = send(request);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    }

    /** What the API answers; fails unless it is a success. */
    JsonNode get(String path) {
        HttpResponse<String> answer = send(request(path));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url().resolve(path)).timeout(Duration.ofSeconds(10));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(MessageLite message) {
        return message.toByteArray();
    }

    private static long nanos(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond());
    }

    private static Path createDirectory() {
        try {
            return Files.createTempDirectory("traced-shop");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
