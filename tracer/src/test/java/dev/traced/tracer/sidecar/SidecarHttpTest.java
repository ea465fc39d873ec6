package dev.traced.tracer.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a message goes on, byte for byte. */
@Timeout(30)
class SidecarHttpTest {
    private static final String OK = "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello";

    @Test
    void headersOfAConnection_stayOnIt() throws Exception {
        try (RawService service =
                        RawService.answering("HTTP/1.1 200 OK\nContent-Length: 0\nConnection: X-Back\nX-Back: 1\n"
                                + "Keep-Alive: timeout=5\nX-Kept: a\nX-Kept: b\n\n");
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send(
                    "GET / HTTP/1.1\nHost: shop\nConnection: keep-alive, X-Hop, Host\nConnection: x-other\nX-Hop: 1\n"
                            + "X-Other: 1\nKeep-Alive: timeout=5\nProxy-Connection: x\nProxy-Authorization: x\nUpgrade: h2c\nTE: gzip\n"
                            + "X-Kept: a\nX-Kept: b\nCookie: c=1\n\n");
            String answered = client.head();
            String asked = service.heads.get(0);

            for (String header : List.of(
                    "connection",
                    "x-hop",
                    "x-other",
                    "keep-alive",
                    "proxy-connection",
                    "proxy-authorization",
                    "upgrade",
                    "te")) {
                assertThat(Wire.header(asked, header)).as(header).isEmpty();
            }
            assertThat(Wire.header(asked, "x-kept")).containsExactly("a", "b");
            assertThat(Wire.header(asked, "cookie")).containsExactly("c=1");
            assertThat(Wire.header(asked, "host")).containsExactly("shop");
            assertThat(Wire.header(asked, "via")).isEmpty();
            for (String header : List.of("connection", "x-back", "keep-alive")) {
                assertThat(Wire.header(answered, header)).as(header).isEmpty();
            }
            assertThat(Wire.header(answered, "x-kept")).containsExactly("a", "b");
        }
    }

    @Test
    void whereARequestCameFrom_isAdded() throws Exception {
        try (RawService service = RawService.answering(OK);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop:81\n\n").head();
            client.read(5);
            client.send("GET / HTTP/1.1\nHost: inner\nX-Forwarded-For: 192.0.2.7\nX-Forwarded-Proto: https\n"
                            + "X-Forwarded-Host: shop.example\n\n")
                    .head();

            String first = service.heads.get(0);
            assertThat(Wire.header(first, "x-forwarded-for")).containsExactly("127.0.0.1");
            assertThat(Wire.header(first, "x-forwarded-proto")).containsExactly("http");
            assertThat(Wire.header(first, "x-forwarded-host")).containsExactly("shop:81");
            String second = service.heads.get(1);
            assertThat(Wire.header(second, "x-forwarded-for")).containsExactly("192.0.2.7, 127.0.0.1");
            assertThat(Wire.header(second, "x-forwarded-proto")).containsExactly("https");
            assertThat(Wire.header(second, "x-forwarded-host")).containsExactly("shop.example");
            assertThat(Wire.header(second, "host")).containsExactly("inner");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/a%2Fb?x=%zz, /a%2Fb?x=%zz",
        "/a//b/../c;d=1, /a//b/../c;d=1",
        "/ä?q=%C3%A4, /%E4?q=%C3%A4",
        "/?, /?",
        "*, *",
        "http://other.example/x?y, /x?y",
        "HTTP://other.example?y, /?y",
        "http://other.example, /"
    })
    void target_goesOnByteForByte(String target, String expected) throws Exception {
        try (RawService service = RawService.answering(OK);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("OPTIONS " + target + " HTTP/1.1\nHost: shop\n\n").head();

            assertThat(service.heads.get(0)).startsWith("OPTIONS " + expected + " HTTP/1.1\n");
            assertThat(Wire.header(service.heads.get(0), "host"))
                    .containsExactly(target.contains("other.example") ? "other.example" : "shop");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1\nHost: shop\nContent-Length: 6\nTransfer-Encoding: chunked\n\n0\n\nGET /evil HTTP/1.1\n",
                "POST / HTTP/1.1\nHost: shop\nContent-Length: 1\nContent-Length: 2\n\nab",
                "POST / HTTP/1.1\nHost: shop\nContent-Length: -1\n\n",
                "POST / HTTP/1.1\nHost: shop\nContent-Length: 1_0\n\n",
                "POST / HTTP/1.0\nHost: shop\nTransfer-Encoding: chunked\n\n0\n\n",
                "POST / HTTP/1.1\nHost: shop\nTransfer-Encoding: chunked, identity\n\n0\n\n",
                "POST / HTTP/1.1\nHost: shop\nTransfer-Encoding: gzip, chunked\n\n0\n\n",
                "POST / HTTP/1.1\nHost: shop\nTransfer-Encoding: xchunked\n\n0\n\n",
                "POST / HTTP/1.1\nHost: shop\nContent-Length : 3\n\nabc",
                "POST / HTTP/1.1\nHost: shop\nTransfer-Encoding\u000b: chunked\n\n0\n\n",
                "GET / HTTP/1.1\nHost: shop\nX: a\u0000b\n\n",
                "GET / HTTP/1.1\n\n",
                "GET / HTTP/1.1\nHost: shop\nHost: other\n\n",
                "GET  / /  HTTP/1.1\nHost: shop\n\n",
                "CONNECT shop:443 HTTP/1.1\nHost: shop:443\n\n"
            })
    void requestThatCouldBeReadInTwoWays_isRefused_andNotPassedOn(String request) throws Exception {
        try (RawService service = RawService.answering(OK);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send(request);

            assertThat(client.head()).matches("(?s)HTTP/1.[01] (400|405|501) .*");
            client.rest(); // it is closed
            assertThat(service.heads).isEmpty();
        }
    }

    @Test
    void bareLineFeeds_areNotTakenForEndsOfLines() throws Exception {
        try (RawService service = RawService.answering(OK);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: shop\nX: 1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

            assertThat(client.head()).startsWith("HTTP/1.1 400 ");
            assertThat(service.heads).isEmpty();
        }
    }

    @Test
    void chunkThatIsNone_endsTheConnection_andIsNoWholeRequestForTheService() throws Exception {
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    connection.rest();
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("POST / HTTP/1.1\nHost: shop\nTransfer-Encoding: chunked\n\n3\nabc\nzz\n");

            assertThat(client.rest()).isEmpty();
            assertThat(rig.span().getEvents()).isNotEmpty();
        }
    }

    @Test
    void head_hasTheLengthAndNoBody() throws Exception {
        try (RawService service = RawService.answering("HTTP/1.1 200 OK\nContent-Length: 1000\n\n");
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("HEAD / HTTP/1.1\nHost: shop\n\n");
            assertThat(Wire.header(client.head(), "content-length")).containsExactly("1000");
            client.send("HEAD / HTTP/1.1\nHost: shop\n\n");
            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "204 No Content,",
        "304 Not Modified,",
        "304 Not Modified, Content-Length: 1000",
        "200 OK, Content-Length: 0",
        "205 Reset Content, Content-Length: 0"
    })
    void answerWithoutABody_hasTheHeadersItCameWith(String status, String length) throws Exception {
        String answer = "HTTP/1.1 " + status + "\nETag: x\n" + (length == null ? "" : length + "\n") + "\n";
        try (RawService service = RawService.answering(answer);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            for (int i = 0; i < 2; i++) { // a second time, on the same connection
                client.send("GET / HTTP/1.1\nHost: shop\n\n");
                String head = client.head();
                assertThat(head).startsWith("HTTP/1.1 " + status + "\n").contains("ETag: x\n");
                assertThat(head.toLowerCase(java.util.Locale.ROOT)).doesNotContain("transfer-encoding");
                assertThat(Wire.header(head, "content-length"))
                        .isEqualTo(length == null ? List.of() : List.of(length.substring(16)));
            }
        }
    }

    @Test
    void expectContinue_isLeftToTheService() throws Exception {
        try (RawService service = RawService.running(connection -> {
                    String head = connection.head();
                    assertThat(Wire.header(head, "expect")).containsExactly("100-continue");
                    connection.send("HTTP/1.1 100 Continue\n\n");
                    connection.send("HTTP/1.1 200 OK\nContent-Length: 3\n\n" + connection.read(3));
                    connection.head();
                    connection.send("HTTP/1.1 417 Expectation Failed\nContent-Length: 0\n\n");
                    connection.rest();
                });
                Rig rig = Rig.before(service.port())) {
            try (RawClient client = rig.client()) {
                client.send("POST /yes HTTP/1.1\nHost: shop\nExpect: 100-continue\nContent-Length: 3\n\n");
                assertThat(client.head()).startsWith("HTTP/1.1 100 Continue\n");
                client.send("abc");
                assertThat(client.head()).startsWith("HTTP/1.1 200 OK\n");
                assertThat(client.read(3)).isEqualTo("abc");
            }
            try (RawClient client = rig.client()) {
                client.send("POST /no HTTP/1.1\nHost: shop\nExpect: 100-continue\nContent-Length: 3\n\n");
                String head = client.head();
                assertThat(head).startsWith("HTTP/1.1 417 ");
                // A body that nobody reads could be taken for the next request.
                assertThat(Wire.header(head, "connection")).containsExactly("close");
                assertThat(client.rest()).isEmpty();
            }
        }
    }

    @Test
    void earlyHints_goOn() throws Exception {
        try (RawService service = RawService.answering("HTTP/1.1 103 Early Hints\nLink: </a.css>\n\n" + OK);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\n\n");

            assertThat(client.head()).startsWith("HTTP/1.1 103 ").contains("</a.css>");
            assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void chunksAndTrailers_goOn() throws Exception {
        try (RawService service = RawService.answering("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nTrailer: X-Sum\n\n"
                        + "5\nhello\n0\nX-Sum: 42\n\n");
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\nTE: trailers\nConnection: te, close\n\n");
            String head = client.head();

            assertThat(Wire.header(service.heads.get(0), "te")).containsExactly("trailers");
            assertThat(Wire.header(head, "transfer-encoding")).containsExactly("chunked");
            assertThat(Wire.header(head, "trailer")).containsExactly("X-Sum");
            assertThat(client.rest()).isEqualTo("5\nhello\n0\nX-Sum: 42\n\n");
        }
    }

    @Test
    void chunkedRequest_goesOnInChunks() throws Exception {
        try (RawService service = RawService.running(connection -> {
                    assertThat(Wire.header(connection.head(), "transfer-encoding"))
                            .containsExactly("chunked");
                    assertThat(connection.read(5 + 8 + 7))
                            .isEqualTo("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n".substring(0, 20));
                    connection.send(OK);
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("POST / HTTP/1.1\nHost: shop\nTransfer-Encoding: chunked\n\n3\nabc\n3\ndef\n0\n\n");

            assertThat(client.head()).startsWith("HTTP/1.1 200 OK\n");
        }
    }

    @Test
    void clientOfHttp10_getsAnAnswerThatEndsWithTheConnection() throws Exception {
        try (RawService service =
                        RawService.answering("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n1\n!\n0\n\n");
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.0\nConnection: keep-alive\n\n");
            String head = client.head();

            assertThat(Wire.header(head, "transfer-encoding")).isEmpty();
            assertThat(Wire.header(head, "connection")).containsExactly("close");
            assertThat(client.rest()).isEqualTo("hello!");
        }
    }

    @Test
    void serviceOfHttp10_endsItsAnswerWithTheConnection() throws Exception {
        try (RawService service = RawService.running(connection -> {
                    connection.head();
                    connection.send("HTTP/1.0 200 OK\n\nhello");
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\nConnection: close\n\n");

            assertThat(Wire.header(client.head(), "transfer-encoding")).containsExactly("chunked");
            assertThat(client.rest()).isEqualTo("5\nhello\n0\n\n");
        }
    }

    @Test
    void requestsOneAfterTheOther_useOneConnectionEach() throws Exception {
        try (RawService service = RawService.answering(OK);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            for (int i = 1; i <= 3; i++) {
                client.send("GET / HTTP/1.1\nHost: shop\n\n").head();
                assertThat(client.read(5)).isEqualTo("hello");
                rig.spans(i);
            }

            assertThat(service.connections()).isEqualTo(1);
        }
    }

    @Test
    void closeAmongOthersInConnection_closes_andTheLengthOfABodyIsNotOfAConnection() throws Exception {
        try (RawService service = RawService.answering(OK);
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\nConnection: content-length, close\nContent-Length: 0\n\n");

            assertThat(Wire.header(client.head(), "connection")).containsExactly("close");
            assertThat(client.rest()).isEqualTo("hello");
            assertThat(Wire.header(service.heads.get(0), "content-length")).containsExactly("0");
        }
    }

    @Test
    void requestsWithoutWaiting_areAnsweredInOrder() throws Exception {
        try (RawService service = RawService.running(connection -> {
                    String head;
                    while (!(head = connection.head()).isEmpty()) {
                        connection.send("HTTP/1.1 200 OK\nContent-Length: 2\n\n" + head.substring(4, 6));
                    }
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send(
                    "GET /1 HTTP/1.1\nHost: shop\n\nGET /2 HTTP/1.1\nHost: shop\n\nGET /3 HTTP/1.1\nHost: shop\n\n");

            for (int i = 1; i <= 3; i++) {
                client.head();
                assertThat(client.read(2)).isEqualTo("/" + i);
            }
        }
    }

    @Test
    void bytesOfHeaders_goOnAsTheyAre() throws Exception {
        try (RawService service = RawService.answering("HTTP/1.1 200 Ça va\nX: \u00e9\u00ff\nContent-Length: 0\n\n");
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send("GET / HTTP/1.1\nHost: shop\nX: \u00e9\u00ff\nX-Empty:\n\n");

            assertThat(client.head()).startsWith("HTTP/1.1 200 Ça va\n").contains("X: \u00e9\u00ff\n");
            assertThat(service.heads.get(0)).contains("X: \u00e9\u00ff\n");
            assertThat(Wire.header(service.heads.get(0), "x-empty")).containsExactly("");
        }
    }

    @Test
    void largeHeaders_goOn_upTo64KiB() throws Exception {
        try (RawService service =
                        RawService.answering("HTTP/1.1 200 OK\nContent-Length: 0\nX: " + "y".repeat(60_000) + "\n\n");
                Rig rig = Rig.before(service.port())) {
            try (RawClient client = rig.client()) {
                client.send("GET /" + "p".repeat(60_000) + " HTTP/1.1\nHost: shop\nX: " + "x".repeat(60_000) + "\n\n");
                assertThat(Wire.header(client.head(), "x").get(0)).hasSize(60_000);
                assertThat(Wire.header(service.heads.get(0), "x").get(0)).hasSize(60_000);
            }
            try (RawClient client = rig.client()) {
                client.send("GET / HTTP/1.1\nHost: shop\nX: " + "x".repeat(70_000) + "\n\n");
                assertThat(client.head()).startsWith("HTTP/1.1 431 ");
            }
            try (RawClient client = rig.client()) {
                client.send("GET /" + "p".repeat(70_000) + " HTTP/1.1\nHost: shop\n\n");
                assertThat(client.head()).contains(" 414 ");
            }
        }
    }
}
