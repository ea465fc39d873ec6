package dev.traced.tracer.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a span says of its request, and what the service is told of the span. */
@Timeout(30)
class SidecarSpanTest {
    private static final String OK = "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello";

    @Test
    void request_isAServerSpan() throws Exception {
        try (RawService service = RawService.answering(OK);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET /orders/17?card=4111 HTTP/1.1\nHost: shop.example:81\nUser-Agent: curl/8\n"
                    + "X-Forwarded-For: 192.0.2.7, 10.0.0.1\n\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\n");
            assertThat(client.read(5)).isEqualTo("hello");

            SpanData span = rig.span();
            assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
            assertThat(span.getName()).isEqualTo("GET /orders/{id}");
            assertThat(span.getParentSpanContext().isValid()).isFalse();
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(text(span, "http.request.method")).isEqualTo("GET");
            assertThat(text(span, "url.path")).isEqualTo("/orders/17");
            assertThat(text(span, "url.scheme")).isEqualTo("http");
            assertThat(text(span, "server.address")).isEqualTo("shop.example");
            assertThat(number(span, "server.port")).isEqualTo(81);
            assertThat(text(span, "client.address")).isEqualTo("192.0.2.7");
            assertThat(text(span, "network.peer.address")).isEqualTo("127.0.0.1");
            assertThat(text(span, "network.protocol.version")).isEqualTo("1.1");
            assertThat(text(span, "user_agent.original")).isEqualTo("curl/8");
            assertThat(number(span, "http.response.status_code")).isEqualTo(200);
            assertThat(number(span, "http.response.body.size")).isEqualTo(5);
            assertThat(span.getAttributes().toString()).doesNotContain("4111");
        }
    }

    @Test
    void serviceBehind_continuesTheTraceOfTheCaller() throws Exception {
        try (RawService service = RawService.answering(OK);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send(
                    "GET / HTTP/1.1\nHost: shop\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
                            + "tracestate: a=1,b=2\nbaggage: user=ann\nb3: 1-2-1\nX-B3-TraceId: 1\nx-b3-sampled: 1\n\n");
            client.head();

            SpanData span = rig.span();
            String head = service.heads.get(0);
            assertThat(span.getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
            assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
            assertThat(Wire.header(head, "traceparent"))
                    .singleElement()
                    .asString()
                    .startsWith("00-0af7651916cd43dd8448eb211c80319c-" + span.getSpanId() + "-");
            assertThat(Wire.header(head, "tracestate")).containsExactly("a=1,b=2");
            assertThat(Wire.header(head, "baggage")).containsExactly("user=ann");
            assertThat(Wire.header(head, "b3")).isEmpty();
            assertThat(head.toLowerCase(java.util.Locale.ROOT)).doesNotContain("x-b3-");
        }
    }

    @ParameterizedTest
    @CsvSource({"500, ERROR, 500", "503, ERROR, 503", "404, UNSET,", "400, UNSET,", "302, UNSET,"})
    void status_isAnErrorOfTheService_from500(int status, StatusCode code, String errorType) throws Exception {
        try (RawService service = RawService.answering("HTTP/1.1 " + status + " So it is\nContent-Length: 0\n\n");
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\n\n");
            assertThat(client.head()).startsWith("HTTP/1.1 " + status + " So it is\n");

            assertThat(rig.span().getStatus().getStatusCode()).isEqualTo(code);
            assertThat(text(rig.span(), "error.type")).isEqualTo(errorType);
        }
    }

    @Test
    void methodThatIsNone_isOther() throws Exception {
        try (RawService service = RawService.answering(OK);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("BREW /pot HTTP/1.1\nHost: shop\n\n");
            client.head();

            assertThat(service.heads.get(0)).startsWith("BREW /pot HTTP/1.1\n");
            assertThat(rig.span().getName()).isEqualTo("HTTP /pot");
            assertThat(text(rig.span(), "http.request.method")).isEqualTo("_OTHER");
            assertThat(text(rig.span(), "http.request.method_original")).isEqualTo("BREW");
        }
    }

    @Test
    void pathThatTheServiceDoesNotHave_isNoName() throws Exception {
        try (RawService service = RawService.answering("HTTP/1.1 404 Not Found\nContent-Length: 0\n\n");
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET /wp-admin HTTP/1.1\nHost: shop\n\n");
            client.head();

            assertThat(rig.span().getName()).isEqualTo("GET");
        }
    }

    @Test
    void serviceThatIsNotThere_is502() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (Rig rig = Rig.before(port);
                RawClient client = rig.client()) {
            client.send("POST /orders HTTP/1.1\nHost: shop\nContent-Length: 3\n\nabc");
            String head = client.head();

            assertThat(head).startsWith("HTTP/1.1 502 Bad Gateway\n").contains("content-type: text/plain");
            assertThat(client.rest()).startsWith("traced sidecar: http://127.0.0.1:" + port + " cannot be reached: ");
            SpanData span = rig.span();
            assertThat(span.getName()).isEqualTo("POST");
            assertThat(number(span, "http.response.status_code")).isEqualTo(502);
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(span.getStatus().getDescription()).contains("cannot be reached");
            assertThat(text(span, "error.type")).contains("ConnectException");
        }
    }

    @Test
    void serviceThatIsSilent_is504() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (RawService service = RawService.running(connection -> end.await());
                Rig rig = Rig.before("http://127.0.0.1:" + service.port(), Duration.ofMillis(200));
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\n\n");

            assertThat(client.head()).startsWith("HTTP/1.1 504 Gateway Timeout\n");
            assertThat(client.rest()).contains("has not answered within");
            assertThat(text(rig.span(), "error.type")).isEqualTo("timeout");
            assertThat(rig.span().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            end.countDown();
        }
    }

    @Test
    void clientThatDoesNotSendItsBody_is408_andNoErrorOfTheService() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (RawService service = RawService.running(connection -> end.await());
                Rig rig = Rig.before("http://127.0.0.1:" + service.port(), Duration.ofMillis(200));
                RawClient client = rig.client()) {
            client.send("POST / HTTP/1.1\nHost: shop\nContent-Length: 10\n\nabc");

            assertThat(client.head()).startsWith("HTTP/1.1 408 ");
            assertThat(rig.span().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            end.countDown();
        }
    }

    @Test
    void bodyThatKeepsComing_mayTakeLongerThanTheTimeout() throws Exception {
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    connection.read(8);
                    connection.send(OK);
                });
                Rig rig = Rig.before("http://127.0.0.1:" + service.port(), Duration.ofMillis(600));
                RawClient client = rig.client()) {
            client.send("POST / HTTP/1.1\nHost: shop\nContent-Length: 8\n\n");
            for (int i = 0; i < 8; i++) {
                Awaitility.await().pollDelay(Duration.ofMillis(150)).until(() -> true);
                client.send("x");
            }

            assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void serviceThatHangsUp_is502() throws Exception {
        try (RawService service = RawService.running(Wire::head);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("POST / HTTP/1.1\nHost: shop\nContent-Length: 0\n\n");

            assertThat(client.head()).startsWith("HTTP/1.1 502 ");
            assertThat(client.rest()).contains("gave no answer");
            assertThat(rig.span().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(service.connections()).isEqualTo(1);
        }
    }

    @Test
    void serviceThatSpeaksNoHttp_is502() throws Exception {
        try (RawService service = RawService.answering("220 mail.example ESMTP\n\n");
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\n\n");

            assertThat(client.head()).startsWith("HTTP/1.1 502 ");
            assertThat(rig.span().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        }
    }

    /** Vert.x takes them for answers, and their clients would wait for the real one for ever. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 Switching Protocols\nConnection: upgrade\nUpgrade: other\n\n",
                "HTTP/1.1 102 Processing\n\n",
                "HTTP/1.1 199 Wait\n\n"
            })
    void interimAnswerThatNobodyAskedFor_is502(String interim) throws Exception {
        try (RawService service = RawService.answering(interim + "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi");
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\n\n");

            assertThat(client.head()).startsWith("HTTP/1.1 502 ");
            assertThat(client.rest()).contains("gave no answer: status 1");
            assertThat(number(rig.span(), "http.response.status_code")).isEqualTo(502);
        }
    }

    @Test
    void requestBehindOneThatClosesTheConnection_isNotPassedOn() throws Exception {
        try (RawService service = RawService.answering("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi");
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET /refused HTTP/1.1\n\nPOST /pay HTTP/1.1\nHost: shop\nContent-Length: 0\n\n");

            assertThat(client.head()).startsWith("HTTP/1.1 400 ").contains("connection: close\n");
            client.rest();
            rig.sidecar.close(); // all that has begun is over
            assertThat(service.heads).isEmpty();
            assertThat(rig.spans(1)).hasSize(1);
        }
    }

    @Test
    void answerThatBreaksOff_isNotTakenForWhole() throws Exception {
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n");
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\n\n");

            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\n");
            assertThat(client.rest()).isEqualTo("5\nhello\n"); // and not the empty chunk that ends it
            assertThat(rig.span().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(rig.span().getStatus().getDescription()).contains("broke off");
            assertThat(number(rig.span(), "http.response.status_code")).isEqualTo(200);
        }
    }

    @Test
    void clientThatHangsUp_endsTheSpan_andTheRequestOfTheService() throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    asked.countDown();
                    if (connection.rest().isEmpty()) {
                        hungUp.countDown();
                    }
                });
                Rig rig = Rig.before(service.port())) {
            try (RawClient client = rig.client()) {
                client.send("GET /slow HTTP/1.1\nHost: shop\n\n");
                asked.await();
            }

            assertThat(rig.span().getEvents()).singleElement().satisfies(event -> assertThat(event.getName())
                    .isEqualTo("client disconnected"));
            assertThat(rig.span().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            hungUp.await();
        }
    }

    @Test
    void nameOfSeveralAddresses_isTheOneThatTheServiceListensOn() throws Exception {
        InetAddress[] addresses = {InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.1")};
        try (RawService service = RawService.answering(OK);
                Rig rig =
                        Rig.before("http://shop.internal:" + service.port(), Duration.ofSeconds(5), host -> addresses);
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\n\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\n");
        }
    }

    @Test
    void nameOfNoAddress_is502() throws Exception {
        try (Rig rig = Rig.before("http://shop.invalid:80", Duration.ofSeconds(5), host -> {
                    throw new java.net.UnknownHostException(host);
                });
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\n\n");
            assertThat(client.head()).startsWith("HTTP/1.1 502 ");
            assertThat(client.rest()).contains("http://shop.invalid:80 cannot be reached: shop.invalid");
        }
    }

    @Test
    void requestsThatHaveBegun_endBeforeTheSidecarDoes() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    asked.countDown();
                    answer.await();
                    connection.send(OK);
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\n\n");
            asked.await();
            Thread closing = new Thread(() -> {
                try {
                    rig.sidecar.close();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            closing.start();
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> isRefused(rig.sidecar.port()));
            assertThat(rig.hasNoSpan()).isTrue();
            answer.countDown();

            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\n");
            assertThat(client.read(5)).isEqualTo("hello");
            assertThat(number(rig.span(), "http.response.status_code")).isEqualTo(200);
            closing.join(5_000);
            assertThat(closing.isAlive()).isFalse();
        }
    }

    private static boolean isRefused(int port) {
        try {
            new RawClient(port).close();
            return false;
        } catch (java.io.IOException refused) {
            return true;
        }
    }

    private static String text(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.stringKey(key));
    }

    private static Long number(SpanData span, String key) {
        return span.getAttributes().get(AttributeKey.longKey(key));
    }
}
