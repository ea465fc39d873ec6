package dev.traced.query;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.traced.model.NotReadableException;
import dev.traced.model.TraceQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An assembler whose machine goes away in the middle of an answer: no byte follows, and no end of the connection. */
@Timeout(60)
class StalledDoorTest {
    private static final byte[] HALF = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{".getBytes(US_ASCII);

    private final ConcurrentLinkedQueue<Socket> connections = new ConcurrentLinkedQueue<>();
    private ServerSocket door;

    @BeforeEach
    void open() throws IOException {
        door = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::answerHalf, "stalled-door");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void close() throws IOException {
        door.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }

    private void answerHalf() {
        try {
            while (true) {
                Socket connection = door.accept();
                connections.add(connection);
                connection.getInputStream().read(new byte[4096]);
                connection.getOutputStream().write(HALF);
                connection.getOutputStream().flush();
            }
        } catch (IOException e) {
            if (!door.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void list_isGivenUpInTime() {
        RemotePartitionReader reader = new RemotePartitionReader(HttpClient.newHttpClient(), address());
        TraceQuery query = new TraceQuery(1_000, 0, Long.MAX_VALUE, 1);

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertThatThrownBy(
                        () -> reader.list(query, Map.of(0, 0L), Duration.ofSeconds(1)))
                .isInstanceOf(NotReadableException.class));
    }

    @Test
    void refresh_isGivenUpInTime() {
        AssemblerDirectory directory = new AssemblerDirectory(List.of(address()));
        try {
            assertTimeoutPreemptively(Duration.ofSeconds(10), directory::refresh);
            assertThat(directory.owner(0)).isEmpty();
        } finally {
            directory.close();
        }
    }

    private String address() {
        return "127.0.0.1:" + door.getLocalPort();
    }
}
