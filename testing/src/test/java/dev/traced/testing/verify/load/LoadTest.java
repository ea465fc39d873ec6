package dev.traced.testing.verify.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.traced.testing.verify.InMemoryTraced;
import dev.traced.testing.verify.TestSpans;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.TracedClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(30)
class LoadTest {

    private static final URI URL = URI.create("http://localhost:8080");

    @Test
    void template_isAValidBatch_withNewIdsEachTime() throws IOException {
        BatchTemplate template = new BatchTemplate(URL, 10, 4, new SplittableRandom(1));
        Set<String> ids = new HashSet<>();

        for (int round = 0; round < 2; round++) {
            template.refresh(TestSpans.NOW_NANOS);
            JsonNode spans = new ObjectMapper().readTree(body(template)).path("spans");
            assertThat(spans).hasSize(10);
            assertThat(spans.path(0).path("trace_id").textValue()).isEqualTo(template.firstTraceId());
            for (int i = 0; i < 10; i++) {
                JsonNode span = spans.path(i);
                JsonNode root = spans.path(i - i % 4);
                assertThat(span.path("trace_id")).isEqualTo(root.path("trace_id"));
                assertThat(span.path("trace_id").textValue()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
                assertThat(span.path("parent_span_id").textValue())
                        .isEqualTo(i % 4 == 0 ? null : root.path("span_id").textValue());
                assertThat(span.path("end_time").longValue())
                        .isGreaterThan(span.path("start_time").longValue());
                assertThat(span.path("start_time").longValue())
                        .isBetween(TestSpans.NOW_NANOS - 1_000_000_000, TestSpans.NOW_NANOS);
                ids.add(span.path("span_id").textValue());
            }
        }
        assertThat(ids).hasSize(20);
    }

    @Test
    void template_saysItsLength() {
        BatchTemplate template = new BatchTemplate(URL, 3, 2, new SplittableRandom(1));
        String request = new String(template.request(), US_ASCII);

        assertThat(request).startsWith("POST /spans HTTP/1.1\r\nHost: localhost:8080\r\n");
        assertThat(request).contains("\r\nContent-Length: " + body(template).length() + "\r\n\r\n");
    }

    @Test
    void connection_readsAnswersOfKnownLength_andChunked_oneAfterTheOther() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        byte[] large = "abc".repeat(70_000).getBytes(US_ASCII);
        server.createContext("/known", exchange -> {
            exchange.sendResponseHeaders(200, large.length);
            exchange.getResponseBody().write(large);
            exchange.close();
        });
        server.createContext("/chunked", exchange -> {
            exchange.sendResponseHeaders(404, 0);
            exchange.getResponseBody().write(large);
            exchange.close();
        });
        server.createContext("/last", exchange -> {
            exchange.getResponseHeaders().add("Connection", "close");
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        });
        server.start();
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (HttpConnection connection = new HttpConnection(url, Duration.ofSeconds(5))) {
            for (int round = 0; round < 2; round++) {
                assertThat(get(connection, "/known")).isEqualTo(200);
                assertThat(connection.countInBody("abca".getBytes(US_ASCII))).isEqualTo(69_999);
                assertThat(get(connection, "/chunked")).isEqualTo(404);
                assertThat(connection.countInBody("bc".getBytes(US_ASCII))).isEqualTo(70_000);
                assertThat(get(connection, "/last")).isEqualTo(202);
                assertThat(connection.countInBody("b".getBytes(US_ASCII))).isZero();
            }
        } finally {
            server.stop(0);
        }
    }

    @Test
    void run_acceptsWhatTheServerStores_andMeasuresVisibility() throws InterruptedException {
        try (InMemoryTraced server = new InMemoryTraced()) {
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            LoadSettings settings = new LoadSettings(server.url(), 2, Duration.ofMillis(1_000), 800, 20, 4, 1, true);

            LoadResult result = new LoadRun(settings, new PrintStream(printed, true, UTF_8)).run();

            long traces = new TracedClient(server.url())
                    .list(ListQuery.newest(1))
                    .orThrow()
                    .total();
            assertThat(result.errors()).isEmpty();
            assertThat(result.acceptedSpans()).isPositive().isEqualTo(traces * 4);
            assertThat(result.visible().summary().count()).isPositive();
            assertThat(printed.toString(UTF_8))
                    .contains("   1 s ", "accepted ", "spans/s", "visible ", "errors     none");
        }
    }

    @Test
    void run_countsErrorsByKind() throws InterruptedException {
        InMemoryTraced server = new InMemoryTraced();
        server.close();
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
        LoadSettings settings = new LoadSettings(server.url(), 1, Duration.ofMillis(50), 0, 1, 1, 1, false);

        LoadResult result = new LoadRun(settings, nowhere).run();

        assertThat(result.errors()).containsOnlyKeys("post ConnectException");
    }

    @Test
    void rate_isOverAllWorkers() {
        LoadSettings settings = new LoadSettings(URL, 4, Duration.ofSeconds(1), 1_000, 100, 4, 1, false);

        assertThat(settings.intervalNanos()).isEqualTo(400_000_000);
    }

    @Test
    void wrongOptions_areRefused() {
        assertThatThrownBy(() -> new LoadSettings(URL, 1, Duration.ofSeconds(1), 0, 501, 4, 1, false))
                .hasMessage("batch must be 1..500, was 501");
        assertThatThrownBy(() -> new LoadSettings(URI.create("https://x"), 1, Duration.ofSeconds(1), 0, 1, 4, 1, false))
                .hasMessage("url must be http://host:port, was https://x");
    }

    @Test
    void help_namesEveryOption() {
        assertThat(new CommandLine(new LoadMain()).getUsageMessage())
                .contains(List.of(
                        "--url",
                        "--workers",
                        "--seconds",
                        "--rate",
                        "--batch",
                        "--spans-per-trace",
                        "--seed",
                        "--visible"));
    }

    private static String body(BatchTemplate template) {
        String request = new String(template.request(), US_ASCII);
        return request.substring(request.indexOf("\r\n\r\n") + 4);
    }

    private static int get(HttpConnection connection, String path) throws IOException {
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n").getBytes(US_ASCII);
        return connection.exchange(request, request.length);
    }
}
