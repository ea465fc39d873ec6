package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.MessageLite;
import dev.traced.assembler.sampling.TailSampling;
import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.model.RollingWindow;
import dev.traced.standalone.dashboard.ShopTraffic;
import dev.traced.standalone.dashboard.TraceDraft;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code GET /openapi.json} says what the server does: no route, parameter or field more or less. */
@Timeout(60)
class ApiDescriptionTest {
    /** For browsers, not for programs. */
    private static final Pattern PAGES =
            Pattern.compile("(GET|HEAD) /(|favicon\\.ico|ui(-[^/]+)?/.*|_static/.*|webjars/.*|docs|openapi\\.json)");

    /** The other form of a route whose parameter is empty. */
    private static final String EMPTY_SERVICE = "GET /services//operations";

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path data;

    private static final ShopTraffic TRAFFIC = new ShopTraffic(
            TimeUnit.SECONDS.toNanos(Instant.now().minus(Duration.ofMinutes(10)).getEpochSecond()));

    private static Standalone traced;
    private static ApiDescription description;
    private static String event = "";

    @BeforeAll
    static void start() throws Exception {
        traced = Standalone.start(new Standalone.Config(
                data,
                "127.0.0.1",
                0,
                new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5)),
                Duration.ofSeconds(1),
                SamplingRates.ALL,
                TailSampling.NONE,
                2,
                null,
                0,
                Settings.Receiving.OFF));
        description = new ApiDescription(get("/openapi.json").body());
        HttpResponse<Stream<String>> tail =
                CLIENT.send(request("/traces/live").build(), HttpResponse.BodyHandlers.ofLines());
        for (TraceDraft trace : TRAFFIC.traces()) {
            post("/v1/traces", trace.takeSpans());
            post("/v1/logs", trace.takeLogs());
        }
        try (Stream<String> lines = tail.body()) {
            event = lines.filter(line -> line.startsWith("data:")).findFirst().orElseThrow();
        }
        await().until(() ->
                get("/stats").body().contains("\"traces\":" + TRAFFIC.traces().size()));
    }

    @AfterAll
    static void stop() {
        traced.close();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + traced.port() + path))
                .timeout(Duration.ofSeconds(10));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return CLIENT.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void post(String path, MessageLite message) throws Exception {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/x-protobuf")
                .POST(HttpRequest.BodyPublishers.ofByteArray(message.toByteArray()));
        assertThat(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void operations_areTheRoutesOfTheServer() {
        Set<String> routes = traced.routes().stream()
                .filter(route -> !PAGES.matcher(route).matches() && !route.equals(EMPTY_SERVICE))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(description.operations()).isEqualTo(routes);
    }

    /** The table of the README names the same, if in fewer words. */
    @Test
    void operations_areThoseOfTheReadme() throws Exception {
        Set<String> called = Pattern.compile("`(GET|POST) (/[^`?]*)[^`]*`")
                .matcher(Files.readString(Path.of("..", "README.md"))
                        .lines()
                        .filter(line -> line.matches("\\| `(GET|POST) /.*"))
                        .map(line -> line.split("\\|", -1)[1])
                        .collect(Collectors.joining("\n")))
                .results()
                .map(call -> call.group(1) + " " + call.group(2).replace("{id}", "{trace_id}"))
                .filter(call -> !PAGES.matcher(call).matches())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(description.operations()).isEqualTo(called);
    }

    @Test
    void document_isWholeInItself() {
        assertThat(description.brokenReferences()).isEmpty();
        description.assertExamplesAreRight();
    }

    @Test
    void answers_areAsDescribed() throws Exception {
        String trace = TRAFFIC.checkout(0).id();
        for (String call : List.of(
                "/traces|/traces?limit=1000",
                "/traces|/traces?limit=2&service=payment&status=error&tag=card.brand:visa",
                "/traces|/traces?limit=0",
                "/traces/overview|/traces/overview?steps=10",
                "/traces/overview|/traces/overview?steps=201",
                "/traces/{trace_id}|/traces/" + trace,
                "/traces/{trace_id}|/traces/" + TRAFFIC.clocksDiffer().id(),
                "/traces/{trace_id}|/traces/" + TRAFFIC.lacksItsParent().id(),
                "/traces/{trace_id}|/traces/00000000-0000-0000-0000-000000000000",
                "/traces/{trace_id}|/traces/none",
                "/api/v3/traces/{trace_id}|/api/v3/traces/" + trace,
                "/api/v3/traces/{trace_id}|/api/v3/traces/1",
                "/api/v3/traces/{trace_id}|/api/v3/traces/none",
                "/traces/{trace_id}/logs|/traces/" + trace + "/logs",
                "/traces/{trace_id}/logs|/traces/" + trace + "/logs?severity=loud",
                "/logs|/logs?trace_id=" + trace + "&limit=1",
                "/logs|/logs",
                "/compare|/compare?service=payment&selected_status=error",
                "/compare|/compare",
                "/services|/services",
                "/services|/services?after=x",
                "/services/{service}/operations|/services/payment/operations",
                "/stats|/stats?service=payment",
                "/dependencies|/dependencies",
                "/health|/health",
                "/metrics|/metrics")) {
            String[] pathAndCall = call.split("\\|", 2);
            assertDescribed("GET " + pathAndCall[0], get(pathAndCall[1]));
        }
        description.assertDescribes("LiveTrace", event.substring("data:".length()));
    }

    @Test
    void answersToWhatComesIn_areAsDescribed() throws Exception {
        for (String call : List.of(
                "/spans|{\"spans\":[]}",
                "/spans|[]",
                "/spans|" + span(),
                "/v1/traces|{\"resourceSpans\":[]}",
                "/v1/traces|{",
                "/v1/logs|{\"resourceLogs\":[]}",
                "/v1/logs|[",
                "/api/v2/spans|{}")) {
            String[] pathAndBody = call.split("\\|", 2);
            HttpRequest.Builder request = request(pathAndBody[0])
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(pathAndBody[1]));
            assertDescribed(
                    "POST " + pathAndBody[0], CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        }
    }

    private static String span() {
        String id = "00000000-0000-4000-8000-0000000000f0";
        long now = TimeUnit.SECONDS.toNanos(Instant.now().getEpochSecond());
        return """
                {"spans":[{"trace_id":"%s","span_id":"%s","service":"shop","operation":"buy","start_time":%d,"end_time":%d,
                "status":"ok"}]}""".formatted(id, id, now, now);
    }

    private static void assertDescribed(String operation, HttpResponse<String> answer) {
        String type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(" *;.*", "");
        description.assertDescribes(operation, answer.statusCode(), type, answer.body());
    }
}
