package dev.traced.ingest;

import static dev.traced.ingest.json.Batches.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.traced.http.HttpEdge;
import io.javalin.Javalin;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every server of ours does around its routes, seen at the gateway. */
@Timeout(60)
class EdgeTest {
    private final Gateway gateway = Gateway.acknowledging();

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void unknownRoute_is404() throws Exception {
        HttpResponse<String> answer = gateway.send(
                gateway.request("/nothing%20here\"?x=1".replace("\"", "%22")).GET());

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("{\"error\":\"there is no GET /nothing%20here%22\"}");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE", "PUT"})
    void unknownMethod_is405(String method) throws Exception {
        HttpResponse<String> answer =
                gateway.send(gateway.request("/spans").method(method, HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.body()).isEqualTo("{\"error\":\"/spans allows POST, not " + method + "\"}");
        assertThat(answer.headers().firstValue("Allow")).hasValue("POST");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
    }

    @Test
    void preflight_allowsAJsonPost() throws Exception {
        HttpResponse<String> answer = gateway.send(gateway.request("/spans")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .headers("Origin", "http://dashboard", "Access-Control-Request-Method", "POST"));

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("http://dashboard");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Methods")).hasValue("GET, HEAD, POST, OPTIONS");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
                .contains("Content-Type");
    }

    @Test
    void preflight_allowsTheHeadersThatAnExporterIsSetToSend() throws Exception {
        HttpResponse<String> answer = gateway.send(gateway.request("/v1/traces")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .headers("Origin", "http://shop", "Access-Control-Request-Headers", "content-type,x-api-key"));

        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers")).hasValue("content-type,x-api-key");
    }

    /** As {@code navigator.sendBeacon} does it: a preflight, and if that is passed a POST, both with credentials. */
    @Test
    void pageOfAnyOrigin_mayPostWithCredentials() throws Exception {
        HttpResponse<String> preflight = gateway.send(gateway.request("/v1/traces")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .headers("Origin", "http://shop", "Access-Control-Request-Method", "POST"));
        HttpResponse<String> beacon = gateway.send(gateway.request("/v1/traces")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .headers("Origin", "http://shop", "Content-Type", "application/json"));
        HttpResponse<String> unknown = gateway.send(gateway.request("/nowhere")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .header("Origin", "http://shop"));

        assertThat(beacon.statusCode()).isEqualTo(200);
        for (HttpResponse<String> answer : List.of(preflight, beacon, unknown)) {
            assertThat(answer.headers().allValues("Access-Control-Allow-Origin"))
                    .containsExactly("http://shop");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Credentials"))
                    .hasValue("true");
            assertThat(answer.headers().firstValue("Vary")).hasValue("Origin");
        }
    }

    /** Without credentials, which a proxy in front of us might know. */
    @Test
    void pageOfAnyOrigin_mayRead() throws Exception {
        HttpResponse<String> preflight = gateway.send(gateway.request("/traces")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .headers("Origin", "http://shop", "Access-Control-Request-Method", "GET"));
        HttpResponse<String> read = gateway.send(gateway.request("/traces").header("Origin", "http://shop"));

        for (HttpResponse<String> answer : List.of(preflight, read)) {
            assertThat(answer.headers().allValues("Access-Control-Allow-Origin"))
                    .containsExactly("*");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Credentials"))
                    .isEmpty();
        }
    }

    @Test
    void onlyOriginThatIsAllowed_isNamedToAll_andMaySendCredentials() throws Exception {
        Javalin server = HttpEdge.create(
                HttpEdge.Settings.defaults().withCorsOrigin("http://dashboard"),
                config -> config.routes.get("/", ctx -> ctx.result("{}")));
        HttpEdge.start(server, "127.0.0.1", 0);
        try {
            String own = raw(
                    server.port(),
                    "GET / HTTP/1.1\r\nHost: x\r\nOrigin: http://dashboard\r\nConnection: close\r\n\r\n");
            String other = raw(
                    server.port(),
                    "POST / HTTP/1.1\r\nHost: x\r\nOrigin: http://other\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

            assertThat(own)
                    .containsIgnoringCase("access-control-allow-origin: http://dashboard\r\n")
                    .containsIgnoringCase("access-control-allow-credentials: true\r\n");
            assertThat(other)
                    .containsIgnoringCase("access-control-allow-origin: http://dashboard\r\n")
                    .containsIgnoringCase("vary: origin\r\n")
                    .doesNotContainIgnoringCase("access-control-allow-credentials");
        } finally {
            HttpEdge.stop(server);
        }
    }

    @Test
    void postToAServerThatStops_isAnsweredToItsPage() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Javalin server = HttpEdge.create(
                HttpEdge.Settings.defaults(),
                config -> config.routes.post("/", ctx -> {
                    begun.countDown();
                    end.await();
                }));
        HttpEdge.start(server, "127.0.0.1", 0);
        try (Socket late = new Socket("127.0.0.1", server.port());
                Socket slow = new Socket("127.0.0.1", server.port())) {
            byte[] post = utf8(
                    "POST / HTTP/1.1\r\nHost: x\r\nOrigin: http://shop\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            slow.getOutputStream().write(post);
            begun.await();
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> HttpEdge.stop(server));
            GracefulHandler requests = server.jettyServer().server().getDescendant(GracefulHandler.class);
            await().until(requests::isShutdown);

            late.getOutputStream().write(post);

            assertThat(new String(late.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 503 ")
                    .containsIgnoringCase("access-control-allow-origin: http://shop\r\n")
                    .containsIgnoringCase("access-control-allow-credentials: true\r\n");
            end.countDown();
            stopped.join();
        } finally {
            end.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONSENSE\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a HTTP/1.1\r\n\r\n"})
    void brokenRequest_is400InJson(String request) throws Exception {
        String answer = raw(request);

        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .containsIgnoringCase("content-type: application/json")
                .contains("{\"error\":\"");
        assertThat(answer).containsIgnoringCase("access-control-allow-origin: *");
    }

    @Test
    void hugeHeader_is431InJson() throws Exception {
        String answer = raw("GET /a HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(20_000) + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 431 ").contains("{\"error\":\"");
    }

    @Test
    void oddPath_isNot500() throws Exception {
        for (String path : new String[] {"/a;b=c", "//spans", "/%2e%2e/x", "/spans%2f", "/a/../b", "/\u00e4", "/%00"}) {
            String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

            assertThat(answer).as(path).startsWith("HTTP/1.1 4").contains("{\"error\":\"");
        }
    }

    @Test
    void handlerThatFails_is500WithoutDetails() throws Exception {
        for (RuntimeException failure :
                new RuntimeException[] {new IllegalStateException("secret"), new NullPointerException()}) {
            Javalin server = HttpEdge.create(
                    HttpEdge.Settings.defaults().withCorsOrigin("http://dashboard"),
                    config -> config.routes.get("/", ctx -> {
                        throw failure;
                    }));
            HttpEdge.start(server, "127.0.0.1", 0);
            try {
                String answer = raw(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

                assertThat(answer).startsWith("HTTP/1.1 500 ").endsWith("{\"error\":\"internal error\"}");
                assertThat(answer)
                        .containsIgnoringCase("access-control-allow-origin: http://dashboard")
                        .containsIgnoringCase("vary: origin");
            } finally {
                HttpEdge.stop(server);
            }
        }
    }

    @Test
    void handlerThatDies_is500WithoutDetails() throws Exception {
        Javalin server = HttpEdge.create(
                HttpEdge.Settings.defaults(),
                config -> config.routes.get("/", ctx -> {
                    throw new StackOverflowError("secret");
                }));
        HttpEdge.start(server, "127.0.0.1", 0);
        try {
            assertThat(raw(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 500 ")
                    .endsWith("{\"error\":\"internal error\"}");
        } finally {
            HttpEdge.stop(server);
        }
    }

    @Test
    void port_thatIsTaken_isABindException() {
        Javalin second = HttpEdge.create(HttpEdge.Settings.defaults(), config -> {});

        assertThatThrownBy(() -> HttpEdge.start(second, "127.0.0.1", gateway.port()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("cannot listen on 127.0.0.1:" + gateway.port() + ": Address already in use")
                .hasCauseInstanceOf(BindException.class);
    }

    private String raw(String request) throws Exception {
        return raw(gateway.port(), request);
    }

    private static String raw(int port, String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(utf8(request));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
