package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.testing.verify.Latencies;
import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.ListedTrace;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace a thousand times as large as usual costs a thousand times as much, not a million times, and nobody waits for it. */
class LargeTraceTest {
    private static final int BATCH = 100;
    private static final int BATCHES = FullLength.choose(200, 1_000);
    private static final long NOW = Instant.now().toEpochMilli() * 1_000_000;

    @TempDir
    Path data;

    @Test
    void largeTrace_isExact_andCostsOnlyItsSize_whileSmallOnesAreReadAsUsual() throws Exception {
        List<WireSpan> large = large();
        Latencies reads = new Latencies();
        AtomicBoolean written = new AtomicBoolean();
        try (TracedProcess up = TracedProcess.up(data)) {
            TracedClient client = new TracedClient(up.url(), Duration.ofSeconds(60));
            CompletableFuture<Void> small = CompletableFuture.runAsync(() -> {
                while (!written.get()) {
                    postAndRead(client, reads);
                }
            });

            Duration firstHalf = timed(() -> post(client, large.subList(0, large.size() / 2)));
            Duration secondHalf = timed(() -> post(client, large.subList(large.size() / 2, large.size())));
            written.set(true);
            small.get(1, TimeUnit.MINUTES);
            long asked = System.nanoTime();
            List<WireSpan> detail = client.get(large.get(0).traceId()).orThrow();
            Duration detailTook = Duration.ofNanos(System.nanoTime() - asked);

            System.out.println(large.size() + " spans: first half " + firstHalf.toMillis() + " ms, second half "
                    + secondHalf.toMillis() + " ms, detail " + detailTook.toMillis() + " ms; small traces meanwhile: "
                    + reads.summary());
            assertThat(detail)
                    .containsExactlyElementsOf(large.stream()
                            .sorted(Comparator.comparingLong(WireSpan::startTimeNanos)
                                    .thenComparing(WireSpan::spanId))
                            .toList());
            assertThat(row(client).spanCount()).isEqualTo(large.size());
            assertThat(reads.summary().count()).isPositive();
            assertThat(secondHalf).isLessThan(firstHalf.multipliedBy(3).plusSeconds(1));
        }
    }

    /** The root comes in the middle. */
    private static List<WireSpan> large() {
        String trace = UUID.randomUUID().toString();
        String root = UUID.randomUUID().toString();
        List<WireSpan> spans = new ArrayList<>();
        for (int i = 0; i < BATCHES * BATCH; i++) {
            boolean isRoot = i == BATCHES * BATCH / 2 - 1;
            long start = NOW + (isRoot ? 0 : i * 1_000L / 7);
            spans.add(new WireSpan(
                    trace,
                    isRoot ? root : UUID.randomUUID().toString(),
                    isRoot ? null : root,
                    "shop",
                    "buy " + i,
                    start,
                    start + 1_000,
                    WireSpan.OK,
                    null));
        }
        return spans;
    }

    /** Until all of it can be read. */
    private static void post(TracedClient client, List<WireSpan> spans) {
        for (int from = 0; from < spans.size(); from += BATCH) {
            Answer<String> answer = client.post(spans.subList(from, from + BATCH));
            assertThat(answer.status()).as(answer.problem()).isEqualTo(202);
        }
        client.list(ListQuery.newest(1)).orThrow();
    }

    private static void postAndRead(TracedClient client, Latencies reads) {
        String trace = UUID.randomUUID().toString();
        WireSpan span = new WireSpan(trace, trace, null, "shop", "look", NOW - 1, NOW, WireSpan.OK, null);
        client.post(List.of(span));
        Answer<List<WireSpan>> answer = client.get(trace);
        reads.record(answer.tookNanos());
        assertThat(answer.orThrow()).containsExactly(span);
    }

    private static ListedTrace row(TracedClient client) {
        List<ListedTrace> rows =
                client.list(ListQuery.startingAt(NOW)).orThrow().traces();
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private static Duration timed(Runnable task) {
        long start = System.nanoTime();
        task.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
