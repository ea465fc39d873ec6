package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.ListedTrace;
import dev.traced.testing.verify.wire.ListedTraces;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A span's own clock is data: one from the wrong century is kept or dropped by itself and changes nothing else. */
class StrangeTimesTest {
    private static final long NOW = Instant.now().toEpochMilli() * 1_000_000;
    private static final long MINUTE = 60_000_000_000L;
    private static final WireSpan OF_1970 = root(1);
    private static final WireSpan OF_TOMORROW = root(NOW + 24 * 60 * MINUTE);
    private static final WireSpan OF_2100 =
            root(Instant.parse("2100-01-01T00:00:00Z").getEpochSecond() * 1_000_000_000);
    private static final WireSpan OF_THE_END = root(Long.MAX_VALUE);

    @TempDir
    Path data;

    @Test
    void span_ofAnyTime_harmsNobody_alsoAfterAKill() {
        List<WireSpan> usual = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            usual.add(root(NOW - i * MINUTE / 20));
        }
        TracedProcess up = TracedProcess.up(data);
        int port = up.port();
        try {
            TracedClient client = up.client();
            post(client, usual.subList(0, 100));
            post(client, List.of(OF_1970, usual.get(100), OF_2100));
            post(client, List.of(OF_THE_END));
            post(client, usual.subList(101, 200));
            post(client, List.of(OF_TOMORROW));
            post(client, usual.subList(200, 300));
            assertAnswers(client, usual);

            up.kill();
            up = TracedProcess.up(data, port).awaitReady();
            assertAnswers(up.client(), usual);
        } finally {
            up.close();
        }
    }

    private static void assertAnswers(TracedClient client, List<WireSpan> usual) {
        List<WireSpan> all = new ArrayList<>(List.of(OF_THE_END, OF_2100, OF_TOMORROW));
        all.addAll(usual);
        assertList(client, new ListQuery(1_000, null, null), all, 303);
        assertList(client, new ListQuery(2, null, null), all.subList(0, 2), 303);
        assertList(client, new ListQuery(1_000, null, Long.MAX_VALUE), all.subList(1, 303), 302);
        assertList(client, new ListQuery(1_000, Long.MAX_VALUE - 1, null), all.subList(0, 1), 1);
        assertList(client, new ListQuery(1_000, Long.MAX_VALUE, null), all.subList(0, 1), 1);
        assertList(client, new ListQuery(1, OF_TOMORROW.startTimeNanos(), Long.MAX_VALUE), all.subList(1, 2), 2);
        assertList(client, new ListQuery(1_000, null, OF_TOMORROW.startTimeNanos()), usual, 300);
        assertList(client, new ListQuery(1_000, 0L, NOW), usual.subList(1, 300), 299);
        assertList(client, new ListQuery(1_000, 0L, 2L), List.of(), 0);
        for (WireSpan span : all) {
            assertThat(client.get(span.traceId()).orThrow()).containsExactly(span);
        }
        assertThat(client.get(OF_1970.traceId()).status()).isEqualTo(404);
    }

    private static void assertList(TracedClient client, ListQuery query, List<WireSpan> expected, long total) {
        ListedTraces answer = client.list(query).orThrow();
        assertThat(answer.traces())
                .as(query.path())
                .extracting(ListedTrace::traceId)
                .containsExactlyElementsOf(
                        expected.stream().map(WireSpan::traceId).toList());
        assertThat(answer.traces())
                .extracting(ListedTrace::startTimeNanos)
                .containsExactlyElementsOf(
                        expected.stream().map(WireSpan::startTimeNanos).toList());
        assertThat(answer.total()).as(query.path()).isEqualTo(total);
    }

    private static void post(TracedClient client, List<WireSpan> spans) {
        Answer<String> answer = client.post(spans);
        assertThat(answer.status()).as(answer.problem()).isEqualTo(202);
    }

    private static WireSpan root(long start) {
        String id = UUID.randomUUID().toString();
        return new WireSpan(id, UUID.randomUUID().toString(), null, "shop", "buy", start, start, WireSpan.OK, null);
    }
}
