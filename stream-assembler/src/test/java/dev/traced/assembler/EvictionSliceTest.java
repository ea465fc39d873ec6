package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW_MS;
import static dev.traced.assembler.TestSpans.child;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.trace;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.History.Event;
import dev.traced.model.Span;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eviction works in slices of time; what may come between two of them. */
class EvictionSliceTest {
    private static final long LATER_MS = NOW_MS + Duration.ofMinutes(36).toMillis();
    private static final long AHEAD_MS = Duration.ofMinutes(50).toMillis();

    @TempDir
    Path directory;

    private Partition partition;
    private long nextOffset;

    @BeforeEach
    void start() {
        partition = new Partition(directory);
    }

    @AfterEach
    void close() {
        partition.close();
    }

    @Test
    void livingTrace_isKeptWhole_whenItComesLateToABucketThatIsHalfEvicted() {
        // Given
        for (int trace = 100; trace < 180; trace++) {
            appended(NOW_MS, NOW_MS, root(trace, 1, 0));
        }
        partition.evictSlice(LATER_MS);

        // When
        appended(NOW_MS, LATER_MS, root(1, 1, AHEAD_MS));
        partition.evict(LATER_MS + 1);

        // Then
        assertThat(partition.detail(trace(1), nanos(LATER_MS + 1))).containsExactly(root(1, 1, AHEAD_MS));
    }

    @Test
    void livingTrace_isMovedOnce_whenItsBucketIsEvictedInManySlices() {
        // Given
        List<Span> spans = IntStream.range(0, 200)
                .mapToObj(id -> id == 0 ? root(1, 1, AHEAD_MS) : child(1, 1 + id, AHEAD_MS))
                .toList();
        spans.forEach(span -> appended(NOW_MS, NOW_MS, span));

        // When
        for (int slice = 0; slice < 20; slice++) {
            partition.evictSlice(LATER_MS + slice * 11_000L);
            assertThat(partition.detail(trace(1), nanos(LATER_MS))).hasSize(200);
        }

        // Then
        assertThat(list(LATER_MS).traces()).extracting("spanCount").containsExactly(200L);
        partition.evict(LATER_MS + 10 * AHEAD_MS);
        assertThat(partition.store().keys()).isEmpty();
    }

    @Test
    void restoredStore_forgetsAll_whenTracesExpiredWhileTheirBucketWasEvicted() {
        // Given: trace 101 lives when eviction comes to it, and has expired when its bucket is through
        for (int trace = 102; trace < 180; trace++) {
            appended(NOW_MS, NOW_MS, root(trace, 1, 0));
        }
        List<Span> many = IntStream.range(0, 150)
                .mapToObj(id -> child(101, 1 + id, 6 * 60_000))
                .toList();
        appended(NOW_MS, NOW_MS, many.toArray(Span[]::new));
        partition.evictSlice(LATER_MS);
        for (int slice = 0; slice < 10; slice++) {
            partition.evictSlice(LATER_MS + 20_000);
        }
        List<KeyValue<byte[], byte[]>> changelog = new ArrayList<>(partition.changelog());
        partition.restart(changelog, new Random(1));

        // When
        partition.evict(LATER_MS + AHEAD_MS);

        // Then
        assertThat(partition.store().keys()).isEmpty();
    }

    @Test
    void duplicatesOfALongTrace_areKnown_afterTheChangelogForgotWhereTheyCameFirst() {
        // Given
        List<Span> spans = IntStream.range(0, 200)
                .mapToObj(id -> id == 0 ? root(1, 1, AHEAD_MS) : child(1, 1 + id, AHEAD_MS))
                .toList();
        appended(NOW_MS, NOW_MS, spans.toArray(Span[]::new));
        int forgotten = partition.changelog().size();
        partition.evict(LATER_MS);
        List<KeyValue<byte[], byte[]>> kept =
                partition.changelog().subList(forgotten, partition.changelog().size());

        // When
        partition.restart(kept, new Random(1));
        appended(LATER_MS, LATER_MS, spans.toArray(Span[]::new));

        // Then
        assertThat(list(LATER_MS).traces()).extracting("spanCount").containsExactly(200L);
    }

    private TracePage list(long nowMs) {
        return partition.list(new TraceQuery(1000, 0, Long.MAX_VALUE, nanos(nowMs)));
    }

    private void appended(long appendMs, long nowMs, Span... spans) {
        partition.deliver(new Event(nextOffset++, appendMs, List.of(spans)), nowMs);
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
