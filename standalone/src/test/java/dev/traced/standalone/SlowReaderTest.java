package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.testing.verify.Verifier;
import dev.traced.testing.verify.VerifierSettings;
import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.workload.Workload;
import dev.traced.testing.verify.workload.WorkloadShape;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that ask for large answers and never read them hold up other queries at most, and those get a 503. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SlowReaderTest {
    private static final int READERS = 200;
    private static final int REQUESTS_EACH = 20;

    @TempDir
    Path data;

    @Test
    void spansAreTaken_whileManyClientsDoNotReadTheirAnswers() throws Exception {
        try (TracedProcess up = TracedProcess.up(data)) {
            Verifier verifier = new Verifier(up.client(), VerifierSettings.DEFAULT);
            verifier.write(
                    Workload.generate(FullLength.seed(), Instant.now(), WorkloadShape.DEFAULT.withTraces(1_500)));
            List<Socket> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(unread(up.url().getPort()));
            }

            // Queries have no room any more; that is when spans must be taken all the same.
            Awaitility.await()
                    .until(() -> !up.client()
                                    .get("00000000-0000-4000-8000-000000000001")
                                    .isOk()
                            && up.client().list(ListQuery.newest(1)).status() == 503);
            long now = WallClock.nowNanos();
            Answer<String> posted = up.client()
                    .post(("{\"spans\":[{\"trace_id\":\"00000000-0000-4000-8000-000000000001\",\"span_id\":"
                                    + "\"00000000-0000-4000-8000-000000000002\",\"service\":\"a\",\"operation\":\"b\","
                                    + "\"status\":\"ok\",\"start_time\":" + now + ",\"end_time\":" + now + "}]}")
                            .getBytes(StandardCharsets.UTF_8));
            assertThat(posted.isOk()).as(posted.toString()).isTrue();

            for (Socket reader : readers) {
                reader.close();
            }
            Awaitility.await().until(() -> up.client()
                    .get("00000000-0000-4000-8000-000000000001")
                    .isOk());
        }
    }

    /** A connection that has asked often and will not read. */
    private static Socket unread(int port) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
        String request = "GET /traces?limit=1000 HTTP/1.1\r\nHost: x\r\n\r\n";
        socket.getOutputStream().write(request.repeat(REQUESTS_EACH).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
