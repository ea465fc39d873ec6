package dev.traced.tracer.instrument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TracingHttpClientTest {
    private final RecordedSpans spans = new RecordedSpans();
    private final HttpClient plain = HttpClient.newHttpClient();
    private final HttpClient client = TracingHttpClient.wrap(plain, spans.telemetry());
    private final Map<String, List<String>> received = new ConcurrentHashMap<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    /** {@code /404} is answered with 404, {@code /silent} when the test lets it. */
    private void answer(HttpExchange exchange) throws IOException {
        received.clear();
        received.putAll(exchange.getRequestHeaders());
        String path = exchange.getRequestURI().getPath().substring(1);
        if (path.equals("silent")) {
            try {
                release.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        byte[] body = "body".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(path.matches("\\d+") ? Integer.parseInt(path) : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Test
    void request_isASpanBelowTheCurrent_whoseContextItCarries() throws Exception {
        Span parent = spans.telemetry().getTracer("test").spanBuilder("parent").startSpan();
        HttpRequest request = to("/orders/1?token=secret")
                .header("TraceParent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
                .header("tracestate", "somebody=else")
                .header("baggage", "user=7")
                .header("X-Kept", "1")
                .build();

        HttpResponse<String> response = Context.root()
                .with(parent)
                .wrap(() -> client.send(request, BodyHandlers.ofString()))
                .call();

        assertThat(response.body()).isEqualTo("body");
        SpanData span = spans.only();
        assertThat(span.getName()).isEqualTo("GET");
        assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(span.getParentSpanId()).isEqualTo(parent.getSpanContext().getSpanId());
        assertThat(received.get("Traceparent"))
                .singleElement()
                .asString()
                .startsWith("00-" + span.getTraceId() + "-" + span.getSpanId());
        assertThat(received)
                .doesNotContainKey("Tracestate")
                .containsEntry("X-kept", List.of("1"))
                .containsEntry("Baggage", List.of("user=7"));
        Map<String, Object> attributes = attributes(span);
        assertThat(attributes)
                .containsEntry("http.request.method", "GET")
                .containsEntry("http.response.status_code", 200L)
                .containsEntry("server.address", "127.0.0.1")
                .containsEntry("server.port", (long) server.getAddress().getPort())
                .containsEntry("url.full", base() + "/orders/1")
                .containsEntry("network.protocol.version", "1.1");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    }

    @Test
    void eachRequest_hasASpanOfItsOwn() throws Exception {
        HttpRequest request = to("/").build();

        client.send(request, BodyHandlers.ofString());
        String first = received.get("Traceparent").get(0);
        client.send(request, BodyHandlers.ofString());

        assertThat(received.get("Traceparent").get(0)).isNotEqualTo(first);
        assertThat(spans.ended(2)).extracting(SpanData::getSpanId).doesNotHaveDuplicates();
    }

    @Test
    void request_isOtherwiseUntouched() throws Exception {
        HttpResponse<String> response = client.send(
                to("/").timeout(Duration.ofSeconds(5))
                        .expectContinue(true)
                        .version(HttpClient.Version.HTTP_1_1)
                        .method("PATCH", HttpRequest.BodyPublishers.ofString("{}"))
                        .build(),
                BodyHandlers.ofString());

        assertThat(response.request().method()).isEqualTo("PATCH");
        assertThat(response.request().timeout()).contains(Duration.ofSeconds(5));
        assertThat(response.request().expectContinue()).isTrue();
        assertThat(response.request().version()).contains(HttpClient.Version.HTTP_1_1);
        assertThat(received.get("Content-length")).containsExactly("2");
        assertThat(spans.only().getName()).isEqualTo("PATCH");
    }

    @Test
    void statusOf400AndAbove_isAnError() throws Exception {
        client.send(to("/399").build(), BodyHandlers.ofString());
        client.send(to("/404").build(), BodyHandlers.ofString());

        assertThat(spans.ended(2))
                .extracting(span -> span.getStatus().getStatusCode())
                .containsExactly(StatusCode.UNSET, StatusCode.ERROR);
        assertThat(attributes(spans.ended(2).get(1))).containsEntry("error.type", "404");
    }

    @Test
    void exception_isThePlainClients_andRecorded() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + closed)).build();

        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString())).isInstanceOf(ConnectException.class);
        assertThatThrownBy(
                        () -> client.sendAsync(request, BodyHandlers.ofString()).get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ConnectException.class);

        assertThat(spans.ended(2)).allSatisfy(span -> {
            assertThat(attributes(span)).containsEntry("error.type", "java.net.ConnectException");
            assertThat(span.getEvents()).hasSize(1);
        });
    }

    @Test
    void timeout_isAnError() {
        assertThatThrownBy(() ->
                        client.send(to("/silent").timeout(Duration.ofMillis(50)).build(), BodyHandlers.ofString()))
                .isInstanceOf(HttpTimeoutException.class);

        assertThat(attributes(spans.only())).containsEntry("error.type", "java.net.http.HttpTimeoutException");
    }

    @Test
    void requestThatCannotBeSent_isAnError_ofTheSameException() {
        assertThatThrownBy(() -> client.send(to("/").build(), null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> client.sendAsync(to("/").build(), null)).isInstanceOf(NullPointerException.class);

        assertThat(spans.ended(2))
                .extracting(span -> span.getStatus().getStatusCode())
                .containsOnly(StatusCode.ERROR);
    }

    @Test
    void async_isASpanBelowTheCurrent_endedBeforeWhatFollows() throws Exception {
        Span parent = spans.telemetry().getTracer("test").spanBuilder("parent").startSpan();
        CompletableFuture<Integer> endedThen = Context.root()
                .with(parent)
                .wrap(() -> client.sendAsync(to("/").build(), BodyHandlers.ofString(), null)
                        .thenApply(response -> spans.soFar().size()))
                .call();

        assertThat(endedThen.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(spans.only().getParentSpanId())
                .isEqualTo(parent.getSpanContext().getSpanId());
        assertThat(received.get("Traceparent").get(0)).contains(spans.only().getSpanId());
    }

    /** The plain client's future ends with either: the cancelled request's exception comes to it from another thread. */
    @Test
    void cancel_reachesTheClient_andEndsTheSpan() {
        CompletableFuture<HttpResponse<String>> response =
                client.sendAsync(to("/silent").build(), BodyHandlers.ofString());

        assertThat(response.cancel(true)).isTrue();

        assertThatThrownBy(response::join)
                .satisfiesAnyOf(
                        ended -> assertThat(ended).isInstanceOf(CancellationException.class), ended -> assertThat(ended)
                                .isInstanceOf(CompletionException.class)
                                .hasCauseInstanceOf(CancellationException.class));
        assertThat(spans.only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    @Test
    void theRest_isThePlainClients() {
        HttpClient configured = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(7))
                .followRedirects(HttpClient.Redirect.ALWAYS)
                .version(HttpClient.Version.HTTP_1_1)
                .executor(Runnable::run)
                .build();
        HttpClient wrapped = TracingHttpClient.wrap(configured, spans.telemetry());

        assertThat(wrapped.connectTimeout()).isEqualTo(configured.connectTimeout());
        assertThat(wrapped.followRedirects()).isEqualTo(HttpClient.Redirect.ALWAYS);
        assertThat(wrapped.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(wrapped.executor()).isEqualTo(configured.executor());
        assertThat(wrapped.cookieHandler()).isEmpty();
        assertThat(wrapped.proxy()).isEmpty();
        assertThat(wrapped.authenticator()).isEmpty();
        assertThat(wrapped.sslContext()).isSameAs(configured.sslContext());
        assertThat(wrapped.sslParameters().getProtocols())
                .isEqualTo(configured.sslParameters().getProtocols());
        assertThat(wrapped.newWebSocketBuilder()).isNotNull();
        assertThat(wrapped).hasToString(configured.toString());
    }

    @Test
    void close_closesThePlainClient_whereClientsCanBeClosed() throws Exception {
        assumeThat((Object) plain).as("from JDK 21 on").isInstanceOf(AutoCloseable.class);
        client.send(to("/").build(), BodyHandlers.ofString());

        ((AutoCloseable) client).close();

        assertThat(HttpClient.class.getMethod("isTerminated").invoke(plain)).isEqualTo(true);
        assertThat(HttpClient.class.getMethod("isTerminated").invoke(client)).isEqualTo(true);
        assertThat(HttpClient.class
                        .getMethod("awaitTermination", Duration.class)
                        .invoke(client, Duration.ofSeconds(5)))
                .isEqualTo(true);
        assertThatThrownBy(() -> client.send(to("/").build(), BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(base() + path));
    }

    private String base() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static Map<String, Object> attributes(SpanData span) {
        Map<String, Object> attributes = new java.util.HashMap<>();
        span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
        return attributes;
    }
}
