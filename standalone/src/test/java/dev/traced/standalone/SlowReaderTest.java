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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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

    /** More than the server has threads. */
    private static final int READERS_OF_FILES = 100;

    private static final int REQUESTS_EACH = 20;

    /** Until they hold up queries, which is not what is tested: on a busy machine the answers take their time to be made. */
    private static final Duration HELD_UP_WITHIN = Duration.ofSeconds(60);

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
                readers.add(unread(up.url().getPort(), "/traces?limit=1000"));
            }

            // Queries have no room any more; that is when spans must be taken all the same.
            Awaitility.await()
                    .atMost(HELD_UP_WITHIN)
                    .until(() -> !up.client()
                                    .get("00000000-0000-4000-8000-000000000001")
                                    .isOk()
                            && up.client().list(ListQuery.newest(1)).status() == 503);
            Answer<String> posted = postASpan(up);
            assertThat(posted.isOk()).as(posted.toString()).isTrue();

            for (Socket reader : readers) {
                reader.close();
            }
            Awaitility.await().until(() -> up.client()
                    .get("00000000-0000-4000-8000-000000000001")
                    .isOk());
        }
    }

    /** A file is larger than what a connection takes of it, too. */
    @Test
    void spansAreTaken_whileManyClientsDoNotReadFiles() throws Exception {
        try (TracedProcess up = TracedProcess.up(data)) {
            List<Socket> readers = new ArrayList<>();
            for (int i = 0; i < READERS_OF_FILES; i++) {
                readers.add(unread(up.url().getPort(), "/_static/echarts/6.0.0/dist/echarts.esm.min.js"));
            }

            // There is no room for the page any more; that is when spans must be taken all the same.
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> statusOfPage(up) == 503);
            Answer<String> posted = postASpan(up);
            assertThat(posted.isOk()).as(posted.toString()).isTrue();

            for (Socket reader : readers) {
                reader.close();
            }
            Awaitility.await().until(() -> statusOfPage(up) == 200);
        }
    }

    private static int statusOfPage(TracedProcess up) throws Exception {
        HttpRequest page = HttpRequest.newBuilder(up.url().resolve("/"))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HttpClient.newHttpClient()
                .send(page, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static Answer<String> postASpan(TracedProcess up) throws Exception {
        long now = WallClock.nowNanos();
        return up.client()
                .post(("{\"spans\":[{\"trace_id\":\"00000000-0000-4000-8000-000000000001\",\"span_id\":"
                                + "\"00000000-0000-4000-8000-000000000002\",\"service\":\"a\",\"operation\":\"b\","
                                + "\"status\":\"ok\",\"start_time\":" + now + ",\"end_time\":" + now + "}]}")
                        .getBytes(StandardCharsets.UTF_8));
    }

    /** A connection that has asked often and will not read. */
    private static Socket unread(int port, String target) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
        String request = "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
        socket.getOutputStream().write(request.repeat(REQUESTS_EACH).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
