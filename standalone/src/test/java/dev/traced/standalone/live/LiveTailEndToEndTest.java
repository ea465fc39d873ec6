package dev.traced.standalone.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.traced.standalone.TracedProcess;
import dev.traced.testing.verify.wire.Answer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From a request with spans to the events of clients, in processes of their own. */
@Timeout(180)
class LiveTailEndToEndTest {
    private static final Pattern KAFKA = Pattern.compile("Kafka at (\\S+:\\d+)");
    private static final int ROOT = 1;
    private static final int CHILD = 2;

    @TempDir
    private Path data;

    @Test
    void traceThatCloses_isSentByUpAndThroughAGateway_andAfterARestartFromWhereTheClientLeftOff() {
        int port = TracedProcess.freePort();
        String id;
        try (TracedProcess up = up(port);
                TracedProcess gateway = gateway(up);
                TailClient errors = tail(up.url(), "?status=error", null);
                TailClient throughGateway = tail(gateway.url(), "", null)) {
            post(up, 1, ROOT, "ok");
            TailClient.Event first = throughGateway.next();
            assertThat(first.name()).isEqualTo("trace_complete");
            assertThat(first.data()).contains("\"root_operation\":\"GET /\"", "\"status\":\"ok\",\"complete\":true");
            id = first.id();

            post(up, 1, CHILD, "error"); // late
            TailClient.Event update = errors.next();
            assertThat(update.name()).isEqualTo("update_trace");
            assertThat(update.data()).contains("\"span_count\":2,\"status\":\"error\"", "\"revision\":2}");
            assertThat(throughGateway.next()).isEqualTo(update);

            throughGateway.hangUp();
            await().atMost(Duration.ofSeconds(15)).until(() -> up.metric("traced_live_tails") == 1);
            up.stop();
            assertThat(errors.endsBeforeTimeout()).isTrue();
        }
        try (TracedProcess up = up(port);
                TailClient again = tail(up.url(), "", id)) {
            assertThat(again.next().data()).contains("\"revision\":2}");
            post(up, 2, ROOT, "ok");
            TailClient.Event event = again.next();
            while (event.data().contains("00000000-0000-4000-8000-000000000001")) {
                event = again.next(); // told again after the restart, as may be
            }
            assertThat(event.data()).contains("00000000-0000-4000-8000-000000000002");
        }
    }

    private TracedProcess up(int port) {
        return TracedProcess.run(
                        Map.of("TRACE_IDLE_SECONDS", "1"),
                        "up",
                        "--data-dir",
                        data.toString(),
                        "--http-port",
                        Integer.toString(port))
                .awaitReady();
    }

    private static TracedProcess gateway(TracedProcess up) {
        Matcher kafka = KAFKA.matcher(String.join("\n", up.stdout()));
        assertThat(kafka.find()).as(up.output()).isTrue();
        return TracedProcess.run(
                        Map.of(
                                "KAFKA_BOOTSTRAP_SERVERS", kafka.group(1),
                                "QUERY_URL", up.url().toString()),
                        "gateway",
                        "--http-port",
                        "0")
                .awaitReady();
    }

    private static TailClient tail(URI base, String query, @Nullable String id) {
        return TailClient.open(base.resolve("/traces/live" + query), id);
    }

    private static void post(TracedProcess to, int trace, int span, String status) {
        long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        String parent = span == ROOT ? "" : "\"parent_span_id\":\"00000000-0000-4000-8000-000000000001\",";
        String body = "{\"spans\":[{\"trace_id\":\"00000000-0000-4000-8000-00000000000" + trace + "\",\"span_id\":"
                + "\"00000000-0000-4000-8000-00000000000" + span + "\"," + parent
                + "\"service\":\"shop\",\"operation\":\"GET /\",\"status\":\"" + status + "\",\"start_time\":" + now
                + ",\"end_time\":" + now + "}]}";
        Answer<String> answer = to.client().post(body.getBytes(StandardCharsets.UTF_8));
        assertThat(answer.isOk()).as(answer.toString()).isTrue();
    }
}
