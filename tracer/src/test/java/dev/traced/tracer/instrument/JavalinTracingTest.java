package dev.traced.tracer.instrument;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HttpResponseException;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JavalinTracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "b7ad6b7169203331";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final RecordedSpans spans = new RecordedSpans();
    /** Which span was the current one, by where it was asked. */
    private final Map<String, String> current = new ConcurrentHashMap<>();

    private Javalin server;

    @AfterEach
    void stop() {
        server.stop();
    }

    @Test
    void request_isASpanOfItsRoute_withTheConventionsAttributes() throws Exception {
        start(config -> config.routes.get("/orders/{id}", request -> request.result("7")));

        get("/orders/42?secret=1", "User-Agent", "test/1");

        SpanData span = spans.only();
        assertThat(span.getName()).isEqualTo("GET /orders/{id}");
        assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(span.getParentSpanContext().isValid()).isFalse();
        Map<String, Object> attributes = attributes(span);
        assertThat(attributes)
                .containsEntry("http.request.method", "GET")
                .containsEntry("http.route", "/orders/{id}")
                .containsEntry("http.response.status_code", 200L)
                .containsEntry("url.path", "/orders/42")
                .containsEntry("url.scheme", "http")
                .containsEntry("server.address", "127.0.0.1")
                .containsEntry("server.port", (long) server.port())
                .containsEntry("client.address", "127.0.0.1")
                .containsEntry("network.protocol.version", "1.1")
                .containsEntry("user_agent.original", "test/1")
                .doesNotContainKey("error.type");
        assertThat(attributes.toString()).doesNotContain("secret");
    }

    @Test
    void span_isBelowTheCallers_withItsBaggage_whateverTheCaseOfTheHeaders() throws Exception {
        start(config -> config.routes.get(
                "/", request -> request.result(String.valueOf(Baggage.current().getEntryValue("user")))));

        String body = get(
                        "/", "TraceParent", "00-" + TRACE + "-" + PARENT + "-01", "BAGGAGE", "a=b", "baggage", "user=7")
                .body();

        assertThat(spans.only().getTraceId()).isEqualTo(TRACE);
        assertThat(spans.only().getParentSpanId()).isEqualTo(PARENT);
        assertThat(body).as("of a header that comes twice").isEqualTo("7");
    }

    @Test
    void context_isCurrentInHandlersBeforeAndAfter_andNotOnTheThreadAfterwards() throws Exception {
        start(config -> {
            config.jetty.threadPool = new QueuedThreadPool(6, 6);
            config.routes.before(request -> saw("before"));
            config.routes.get("/", request -> {
                saw("handler");
                throw new IllegalArgumentException();
            });
            config.routes.exception(IllegalArgumentException.class, (e, request) -> {
                saw("exception");
                request.status(400);
            });
            config.routes.error(400, request -> saw("error"));
            config.routes.after(request -> saw("after"));
        });

        for (int i = 0; i < 20; i++) {
            get("/");
        }

        SpanData last = spans.ended(20).get(19);
        assertThat(spans.ended(20))
                .allMatch(span -> !span.getParentSpanContext().isValid());
        assertThat(current.keySet()).containsExactlyInAnyOrder("before", "handler", "exception", "error", "after");
        assertThat(current.values()).allMatch(last.getSpanId()::equals);
        assertThat(last.getStatus().getStatusCode())
                .as("a mistake of the client's is none of the server's")
                .isEqualTo(StatusCode.UNSET);
        assertThat(last.getEvents()).isEmpty();
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // that is the mistake
    void contextThatAHandlerForgets_isNotThatOfTheThreadsNextRequest() throws Exception {
        start(config -> {
            config.jetty.threadPool = new QueuedThreadPool(6, 6);
            config.routes.get("/", request -> spans.telemetry()
                    .getTracer("test")
                    .spanBuilder("forgotten")
                    .startSpan()
                    .makeCurrent());
        });

        for (int i = 0; i < 20; i++) {
            get("/");
        }

        assertThat(spans.ended(20))
                .allMatch(span -> !span.getParentSpanContext().isValid());
    }

    @Test
    void uncaughtException_isAnErrorWithTheException() throws Exception {
        start(config -> config.routes.get("/", request -> {
            throw new IllegalStateException("out of stock");
        }));

        assertThat(get("/").statusCode()).isEqualTo(500);

        SpanData span = spans.only();
        assertThat(span.getName()).isEqualTo("GET /");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attributes(span))
                .containsEntry("error.type", "java.lang.IllegalStateException")
                .containsEntry("http.response.status_code", 500L);
        assertThat(span.getEvents()).hasSize(1);
        assertThat(span.getEvents().get(0).getAttributes().get(AttributeKey.stringKey("exception.message")))
                .isEqualTo("out of stock");
    }

    @Test
    void javaError_isAnError() throws Exception {
        start(config -> config.routes.get("/", request -> {
            throw new StackOverflowError("too deep");
        }));

        assertThat(get("/").statusCode()).isEqualTo(500);

        assertThat(attributes(spans.only())).containsEntry("error.type", "java.lang.StackOverflowError");
    }

    @Test
    void statusOf500_withoutAnException_isAnErrorOfThatStatus() throws Exception {
        start(config -> config.routes.get("/", request -> request.status(503)));

        get("/");

        assertThat(spans.only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attributes(spans.only())).containsEntry("error.type", "503");
    }

    @Test
    void paths_thatNoRouteMatches_makeNoNames() throws Exception {
        start(config -> config.routes.get("/orders/{id}", request -> {}));

        assertThat(get("/wp-admin/1.php").statusCode()).isEqualTo(404);
        send(request("/orders/1").method("BREW", HttpRequest.BodyPublishers.noBody()));

        assertThat(spans.ended(2)).extracting(SpanData::getName).containsExactly("GET", "HTTP");
        assertThat(attributes(spans.ended(2).get(0))).doesNotContainKey("http.route");
        assertThat(attributes(spans.ended(2).get(1)))
                .containsEntry("http.request.method", "_OTHER")
                .containsEntry("http.request.method_original", "BREW");
    }

    @Test
    void requestTurnedAwayBefore_isOfItsRoute_belowTheContextPath() throws Exception {
        start(config -> {
            config.router.contextPath = "/shop";
            config.routes.before(request -> {
                throw new HttpResponseException(401, "who are you?", Map.of());
            });
            config.routes.get("/orders/{id}", request -> {});
        });

        assertThat(get("/shop/orders/1").statusCode()).isEqualTo(401);

        assertThat(spans.only().getName()).isEqualTo("GET /shop/orders/{id}");
    }

    @Test
    void future_endsItsSpanWithTheResponse_andHasItsContextAfterwards() throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        CountDownLatch asked = new CountDownLatch(1);
        start(config -> {
            config.routes.get("/", request -> {
                saw("handler");
                request.future(() -> {
                    saw("future");
                    asked.countDown();
                    return answer.thenAccept(request::result);
                });
            });
            config.routes.after(request -> saw("after"));
        });

        CompletableFuture<HttpResponse<String>> response =
                CLIENT.sendAsync(request("/").build(), HttpResponse.BodyHandlers.ofString());
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(spans.soFar()).isEmpty();
        new Thread(() -> answer.complete("late")).start();

        assertThat(response.get(10, TimeUnit.SECONDS).body()).isEqualTo("late");
        SpanData span = spans.only();
        assertThat(span.getName()).isEqualTo("GET /");
        assertThat(current).containsOnlyKeys("handler", "future", "after");
        assertThat(current.values()).allMatch(span.getSpanId()::equals);
    }

    @Test
    void futureThatFails_isAnError() throws Exception {
        start(config -> config.routes.get(
                "/", request -> request.future(() -> CompletableFuture.failedFuture(new IOException("gone")))));

        assertThat(get("/").statusCode()).isEqualTo(500);

        assertThat(spans.only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void futureThatTakesTooLong_isAnError() throws Exception {
        start(config -> {
            config.http.asyncTimeout = 50;
            config.routes.get("/", request -> request.future(CompletableFuture::new));
        });

        int status = get("/").statusCode();

        assertThat(status).isGreaterThanOrEqualTo(500);
        assertThat(attributes(spans.only())).containsEntry("http.response.status_code", (long) status);
    }

    @Test
    void serverSentEvents_endTheirSpanWithTheirConnection() throws Exception {
        CountDownLatch close = new CountDownLatch(1);
        start(config -> config.routes.sse("/events", client -> {
            client.sendEvent("first");
            try {
                close.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            current.put(
                    "context",
                    Span.fromContext(JavalinTracing.context(client.ctx()))
                            .getSpanContext()
                            .getSpanId());
            client.sendEvent("last");
        }));

        HttpResponse<InputStream> events = CLIENT.send(
                request("/events").header("Accept", "text/event-stream").build(),
                HttpResponse.BodyHandlers.ofInputStream());
        Awaitility.await()
                .during(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(10))
                .until(() -> spans.soFar().isEmpty());
        close.countDown();

        assertThat(new String(events.body().readAllBytes(), StandardCharsets.UTF_8))
                .contains("first", "last");
        assertThat(spans.only().getName()).isEqualTo("GET /events");
        assertThat(current).containsEntry("context", spans.only().getSpanId());
    }

    /** Answers with and without the plugin are the same, to the last header. */
    @Test
    void answers_areThoseWithoutThePlugin() throws Exception {
        Consumer<JavalinConfig> routes = config -> {
            config.routes.before("/redirected", request -> request.redirect("/"));
            config.routes.get("/redirected", request -> request.result("never"));
            config.routes.get("/", request -> request.header("X-A", "1").result("body"));
            config.routes.get("/broken", request -> {
                throw new IllegalStateException();
            });
            config.routes.error(404, request -> request.result("nothing here"));
        };
        start(routes);
        try (Closing plain = new Closing(Javalin.create(config -> {
                    config.jetty.port = 0;
                    routes.accept(config);
                })
                .start())) {
            for (String path : new String[] {"/", "/redirected", "/broken", "/none"}) {
                HttpResponse<String> traced = get(path);
                HttpResponse<String> untraced = CLIENT.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + plain.server.port() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(traced.statusCode()).as(path).isEqualTo(untraced.statusCode());
                assertThat(traced.body()).as(path).isEqualTo(untraced.body());
                assertThat(withoutDate(traced)).as(path).isEqualTo(withoutDate(untraced));
            }
        }
    }

    private record Closing(Javalin server) implements AutoCloseable {
        @Override
        public void close() {
            server.stop();
        }
    }

    private static Map<String, ?> withoutDate(HttpResponse<?> response) {
        Map<String, Object> headers = new java.util.TreeMap<>(response.headers().map());
        headers.remove("date");
        return headers;
    }

    private void saw(String where) {
        current.put(where, Span.current().getSpanContext().getSpanId());
    }

    private void start(Consumer<JavalinConfig> routes) {
        server = Javalin.create(config -> {
                    config.jetty.port = 0;
                    config.startup.showJavalinBanner = false;
                    config.registerPlugin(new JavalinTracing(spans.telemetry()));
                    routes.accept(config);
                })
                .start();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = request(path);
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(10));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static Map<String, Object> attributes(SpanData span) {
        Map<String, Object> attributes = new java.util.HashMap<>();
        span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
        return attributes;
    }
}
