package dev.traced.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssemblerDirectoryTest {
    private final AtomicInteger asked = new AtomicInteger();

    /** An address that Kafka Streams takes and java.net.http does not must not blind us to all other assemblers. */
    @ParameterizedTest
    @ValueSource(strings = {"host_name:8090", "fe80::1:8090", "host name:8090", ":8090"})
    void peerOfAnOddAddress_harmsNobody(String peer) throws Exception {
        HttpServer door = door("{\"partitions\":[0],\"peers\":[\"" + peer + "\"]}");
        try (AssemblerDirectory directory =
                new AssemblerDirectory(List.of("127.0.0.1:" + door.getAddress().getPort()))) {
            // The peer is asked from the second time on.
            await().until(() -> {
                assertThatCode(directory::refresh).doesNotThrowAnyException();
                assertThat(directory.owner(0)).isPresent();
                return asked.get() >= 3;
            });
        } finally {
            door.stop(0);
        }
    }

    private HttpServer door(String status) throws IOException {
        HttpServer door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        door.createContext("/internal/partitions", exchange -> {
            asked.incrementAndGet();
            byte[] body = status.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        door.start();
        return door;
    }
}
