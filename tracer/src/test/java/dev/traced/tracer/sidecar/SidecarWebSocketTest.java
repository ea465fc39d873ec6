package dev.traced.tracer.sidecar;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A WebSocket is one span, and goes through unread. */
@Timeout(30)
class SidecarWebSocketTest {
    private static final String UPGRADE =
            "GET /chat HTTP/1.1\nHost: shop\nConnection: keep-alive, Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Extensions: permessage-deflate\n\n";

    @Test
    void messages_goBothWays_andTheSpanEndsWithTheConnection() throws Exception {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        Javalin service = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.routes.ws("/echo/{id}", ws -> {
                ws.onConnect(context -> asked.add(String.valueOf(context.header("traceparent"))));
                ws.onMessage(context -> context.send(context.message()));
                ws.onBinaryMessage(context -> context.send(context.data()));
            });
        });
        service.start("127.0.0.1", 0);
        try (Rig rig = Rig.before(service.port())) {
            Echoes echoes = new Echoes();
            WebSocket socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .connectTimeout(Duration.ofSeconds(5))
                    .buildAsync(java.net.URI.create("ws://127.0.0.1:" + rig.sidecar.port() + "/echo/17"), echoes)
                    .get(10, TimeUnit.SECONDS);
            socket.sendText("hello", true).get(5, TimeUnit.SECONDS);
            assertThat(echoes.next()).isEqualTo("hello");
            socket.sendBinary(ByteBuffer.allocate(60_000), true).get(5, TimeUnit.SECONDS);
            assertThat(echoes.next()).isEqualTo("60000 bytes");
            assertThat(rig.hasNoSpan()).isTrue();
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").get(5, TimeUnit.SECONDS);
            assertThat(echoes.next()).isEqualTo("closed 1000");

            SpanData span = rig.span();
            assertThat(span.getName()).isEqualTo("GET /echo/{id}");
            assertThat(span.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
                    .isEqualTo(101);
            assertThat(asked.take()).contains(span.getSpanId());
        } finally {
            service.stop();
        }
    }

    @Test
    void framesRightBehindTheHead_areNotLost() throws Exception {
        try (RawService service = RawService.running(connection -> {
                    String head = connection.head();
                    assertThat(Wire.header(head, "connection")).containsExactly("Upgrade");
                    assertThat(Wire.header(head, "sec-websocket-extensions")).containsExactly("permessage-deflate");
                    connection.send("HTTP/1.1 101 Switching Protocols\nConnection: Upgrade\nUpgrade: websocket\n"
                            + "Sec-WebSocket-Accept: x\nSec-WebSocket-Extensions: permessage-deflate\n\nfirst");
                    assertThat(connection.read(4)).isEqualTo("back");
                    connection.send("last");
                });
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send(UPGRADE);
            String head = client.head();
            assertThat(head).startsWith("HTTP/1.1 101 ");
            assertThat(Wire.header(head, "sec-websocket-extensions")).containsExactly("permessage-deflate");
            assertThat(client.read(5)).isEqualTo("first");
            client.send("back");

            assertThat(client.rest()).isEqualTo("last");
            rig.span();
        }
    }

    @Test
    void refusedUpgrade_isAnAnswerLikeAnyOther() throws Exception {
        try (RawService service = RawService.answering("HTTP/1.1 403 Forbidden\nContent-Length: 2\n\nno");
                Rig rig = Rig.before(service.port());
                RawClient client = rig.client()) {
            client.send(UPGRADE);
            assertThat(client.head()).startsWith("HTTP/1.1 403 Forbidden\n");
            assertThat(client.read(2)).isEqualTo("no");
            client.send("GET / HTTP/1.1\nHost: shop\n\n");
            assertThat(client.head()).startsWith("HTTP/1.1 403 Forbidden\n");

            assertThat(rig.spans(2)).hasSize(2);
        }
    }

    /** What came back. */
    private static final class Echoes implements WebSocket.Listener {
        private final BlockingQueue<String> all = new LinkedBlockingQueue<>();
        private int bytes;

        String next() throws InterruptedException {
            return String.valueOf(all.poll(10, TimeUnit.SECONDS));
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            all.add(text.toString());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            bytes += data.remaining();
            if (last) {
                all.add(bytes + " bytes");
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            all.add("closed " + status);
            return null;
        }
    }
}
