package dev.traced.ingest;

import static dev.traced.ingest.json.Batches.batchOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.traced.http.HttpEdge;
import dev.traced.ingest.publish.SpanPublisher;
import dev.traced.ingest.receive.IngestConfig;
import dev.traced.ingest.receive.IngestMetrics;
import dev.traced.ingest.receive.Receiver;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IngestServerTest {
    private static final String PAGE = "<!doctype html>".repeat(1_000);

    private final HttpClient client = HttpClient.newHttpClient();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
    private Optional<String> kafkaProblem = Optional.empty();
    private Javalin queryService;
    private IngestServer server;

    @BeforeEach
    void start() {
        queryService = HttpEdge.create(HttpEdge.Settings.defaults(), config -> {
            config.routes.get("/health", ctx -> ctx.result("{\"status\":\"ok\"}"));
            config.routes.get("/traces", IngestServerTest::echo);
            config.routes.get("/traces/{id}", IngestServerTest::echo);
            config.routes.get("/services", IngestServerTest::echo);
            config.routes.get("/services/<rest>", IngestServerTest::echo);
            config.routes.get("/stats", IngestServerTest::echo);
            config.routes.get("/dependencies", IngestServerTest::echo);
            config.routes.get("/openapi.json", IngestServerTest::echo);
            config.routes.get("/docs", IngestServerTest::echo);
            config.routes.get("/webjars/<rest>", IngestServerTest::echo);
            config.routes.get("/_static/<rest>", IngestServerTest::echo);
            config.routes.get("/favicon.ico", IngestServerTest::echo);
            config.routes.get("/", IngestServerTest::page);
            config.routes.head("/", IngestServerTest::page);
            config.routes.get("/ui/<rest>", IngestServerTest::page);
            config.routes.get("/ui-0123456789abcdef/<rest>", IngestServerTest::page);
            config.routes.get("/compare", IngestServerTest::echo);
        });
        HttpEdge.start(queryService, "127.0.0.1", 0);
        server = serve(producer, "http://127.0.0.1:" + queryService.port() + "/", Gateway.CONFIG);
    }

    private static void echo(Context ctx) {
        String query = ctx.req().getQueryString();
        if (query != null && query.startsWith("busy")) {
            HttpEdge.unavailable(ctx, "not ready");
        } else {
            ctx.contentType("application/json;charset=utf-8").result(ctx.req().getRequestURI() + "|" + query);
        }
    }

    /** As the query service serves the dashboard: it chooses the encoding, and says what is to become of the page. */
    private static void page(Context ctx) throws IOException {
        ctx.header("ETag", "W/\"1\"")
                .header("Cache-Control", "no-cache")
                .header("Content-Security-Policy", "default-src 'none'")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Vary", "Accept-Encoding")
                .contentType("text/html;charset=utf-8");
        if ("W/\"1\"".equals(ctx.header("If-None-Match"))) {
            ctx.status(304);
        } else if ("gzip".equals(ctx.header("Accept-Encoding"))) {
            ctx.header("Content-Encoding", "gzip").result("zipped once");
        } else {
            ctx.res().setContentLength(PAGE.length());
            ctx.res().getOutputStream().print(PAGE);
        }
    }

    private IngestServer serve(Producer<byte[], byte[]> kafka, String query, IngestConfig config) {
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        IngestMetrics ingestMetrics = new IngestMetrics(metrics);
        SpanPublisher publisher = new SpanPublisher(kafka, config.publishing(), metrics);
        return new IngestServer(
                        new Receiver(config, publisher, ingestMetrics, () -> Gateway.nanos(Gateway.NOW)),
                        publisher,
                        new KafkaHealth(() -> kafkaProblem, System::nanoTime),
                        URI.create(query),
                        metrics,
                        HttpEdge.Settings.defaults())
                .start("127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        server.close();
        HttpEdge.stop(queryService);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(10));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest post() {
        return request("/spans")
                .POST(HttpRequest.BodyPublishers.ofString(batchOf(2)))
                .build();
    }

    @Test
    void traces_areForwarded_pathAndQueryAsTheyCame() throws Exception {
        for (String target : new String[] {
            "/traces|null",
            "/traces|limit=20&limit=%20a+b&after=&x=%E2%82%AC",
            "/traces/0af76519-16cd-43dd-8448-eb211c80319c|null",
            "/traces/a%2Fb|x=1",
            "/services|after=1",
            "/services/caf%C3%A9%2Fshop/operations|null",
            "/services//operations|null",
            "/stats|service=a%20b",
            "/dependencies|null",
            "/openapi.json|null",
            "/docs|null",
            "/_static/a/b.js|null",
            "/favicon.ico|null",
            "/webjars/..%25/b.js|null",
            "/traces/overview|steps=3",
            "/compare|selected_tag=a%3Ab&after=1"
        }) {
            HttpResponse<String> answer = get(target.replace("|null", "").replace('|', '?'));

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(target);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json;charset=utf-8");
            assertThat(answer.headers().allValues("Access-Control-Allow-Origin"))
                    .containsExactly("*");
        }
    }

    @Test
    void forwarding_passesOnStatusAndRetryAfter() throws Exception {
        HttpResponse<String> busy = get("/traces?busy");

        assertThat(busy.statusCode()).isEqualTo(503);
        assertThat(busy.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(busy.body()).isEqualTo("{\"error\":\"not ready\"}");
        assertThat(get("/traces/a/b").statusCode()).isEqualTo(404);
    }

    @Test
    void dashboard_isForwarded_withAllThatSaysHowToTakeIt() throws Exception {
        for (String path : new String[] {"/", "/ui/app.js", "/ui-0123456789abcdef/app.js"}) {
            HttpResponse<String> page = get(path);

            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).isEqualTo(PAGE);
            assertThat(page.headers().map())
                    .containsEntry("etag", List.of("W/\"1\""))
                    .containsEntry("cache-control", List.of("no-cache"))
                    .containsEntry("content-security-policy", List.of("default-src 'none'"))
                    .containsEntry("x-content-type-options", List.of("nosniff"))
                    .containsEntry("referrer-policy", List.of("no-referrer"))
                    .containsEntry("cross-origin-opener-policy", List.of("same-origin"))
                    .containsEntry("vary", List.of("Accept-Encoding"))
                    .containsEntry("content-type", List.of("text/html;charset=utf-8"))
                    .doesNotContainKey("content-encoding");
        }
    }

    /** What the query service has compressed is passed on as it came, and not compressed again. */
    @Test
    void dashboard_isForwarded_inTheEncodingItCameIn() throws Exception {
        HttpResponse<String> zipped =
                client.send(request("/").header("Accept-Encoding", "gzip").build(), BodyHandlers.ofString());

        assertThat(zipped.headers().allValues("Content-Encoding")).containsExactly("gzip");
        assertThat(zipped.body()).isEqualTo("zipped once");
    }

    @Test
    void dashboard_thatTheClientHas_is304() throws Exception {
        HttpResponse<String> known =
                client.send(request("/").header("If-None-Match", "W/\"1\"").build(), BodyHandlers.ofString());

        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
        assertThat(known.headers().firstValue("ETag")).hasValue("W/\"1\"");
        assertThat(known.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
    }

    @Test
    void dashboard_headIsForwardedAsHead() throws Exception {
        HttpResponse<String> head = client.send(
                request("/").method("HEAD", HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.ofString());

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).hasValue(Integer.toString(PAGE.length()));
        assertThat(head.headers().firstValue("ETag")).hasValue("W/\"1\"");
    }

    @Test
    void uris_encodeWhatWasNot() {
        assertThat(Uris.encoded("/traces?a=%7c|\"{}&b=%zz&c=\u00e9%"))
                .isEqualTo("/traces?a=%7c%7C%22%7B%7D&b=%25zz&c=%C3%A9%25");
    }

    @Test
    void queryServiceIsAway_is503() throws Exception {
        int free = freePort();
        server.close();
        server = serve(producer, "http://127.0.0.1:" + free, Gateway.CONFIG);

        for (String path : new String[] {"/traces?limit=1", "/health"}) {
            HttpResponse<String> answer = get(path);

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(answer.body())
                    .isEqualTo("{\"error\":\"the query service at http://127.0.0.1:" + free + " cannot be reached\"}");
        }
    }

    @Test
    void health_isTheHealthOfAllParts() throws Exception {
        assertThat(get("/health").body()).isEqualTo("{\"status\":\"ok\"}");
    }

    @Test
    void health_namesThePartThatIsNot() throws Exception {
        kafkaProblem = Optional.of("Kafka: no leader");

        assertThat(get("/health").statusCode()).isEqualTo(503);
        assertThat(get("/health").body()).isEqualTo("{\"error\":\"Kafka: no leader\"}");
    }

    @Test
    void metrics_arePrometheusText() throws Exception {
        client.send(post(), HttpResponse.BodyHandlers.ofString());

        assertThat(get("/metrics").body())
                .contains("traced_spans_accepted_total 2.0")
                .contains("traced_spans_published_total 2.0")
                .contains("traced_spans_stale_total 0.0")
                .contains("traced_spans_sampled_out_total 0.0")
                .contains("traced_ingest_rejected_total{reason=\"overloaded\"} 0.0")
                .contains("traced_ingest_answers_total{status=\"2xx\"} 1.0")
                .contains("traced_ingest_answers_total{status=\"503\"} 0.0")
                .contains("traced_ingest_in_flight_bytes 0.0")
                .contains("traced_ingest_ack_seconds_count 1");
    }

    @Test
    void close_letsRequestsUnderWayEnd() {
        MockProducer<byte[], byte[]> slow = new MockProducer<>(
                false, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
        server.close();
        server = serve(slow, "http://127.0.0.1:1", IngestConfig.withDefaults(Gateway.WINDOW));
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(post(), HttpResponse.BodyHandlers.ofString());
        await().until(() -> slow.history().size() == 1);

        int port = server.port();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
        await().until(() -> !listens(port));
        assertThat(slow.closed()).isFalse();
        slow.completeNext();

        assertThat(answer.join().statusCode()).isEqualTo(202);
        closed.join();
        assertThat(slow.closed()).isTrue();
    }

    private static boolean listens(int port) {
        try (var socket = new java.net.Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** With Kafka's real clients and nothing where Kafka should be. */
    @Test
    void kafkaWasNeverThere_is503InTime_thenAtOnce() throws Exception {
        Map<String, Object> away = Map.of("bootstrap.servers", "127.0.0.1:" + freePort());
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        IngestMetrics ingestMetrics = new IngestMetrics(metrics);
        IngestConfig config = IngestConfig.withDefaults(Gateway.WINDOW);
        server.close();
        try (Admin admin = Admin.create(away)) {
            SpanPublisher publisher = SpanPublisher.connect(away, config.publishing(), metrics);
            server = new IngestServer(
                            new Receiver(config, publisher, ingestMetrics, () -> Gateway.nanos(Gateway.NOW)),
                            publisher,
                            new KafkaHealth(admin),
                            URI.create("http://127.0.0.1:" + queryService.port()),
                            metrics,
                            HttpEdge.Settings.defaults())
                    .start("127.0.0.1", 0);

            long start = System.nanoTime();
            HttpResponse<String> answer = client.send(post(), HttpResponse.BodyHandlers.ofString());
            HttpResponse<String> health = get("/health");

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).startsWith("{\"error\":\"Kafka did not take the spans: Topic spans not present");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).startsWith("{\"error\":\"Kafka");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void kafkaHealth_isAskedOnceASecond() {
        AtomicInteger asked = new AtomicInteger();
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
        KafkaHealth health = new KafkaHealth(() -> Optional.of("problem " + asked.incrementAndGet()), now::get);

        assertThat(health.problem()).hasValue("problem 1");
        now.addAndGet(999_999_999);
        assertThat(health.problem()).hasValue("problem 1");
        now.addAndGet(1);
        assertThat(health.problem()).hasValue("problem 2");
    }
}
