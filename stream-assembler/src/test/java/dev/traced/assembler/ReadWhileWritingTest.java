package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW_MS;
import static dev.traced.assembler.TestSpans.at;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Query threads beside the stream thread. */
class ReadWhileWritingTest {
    @TempDir
    Path directory;

    @Test
    @Timeout(120)
    void pageAndTotal_agree_whileTracesComeMoveAndGo_seed1() throws Exception {
        // Given
        Random random = new Random(1);
        AtomicBoolean writing = new AtomicBoolean(true);
        ExecutorService readers = Executors.newFixedThreadPool(2);
        try (Partition partition = new Partition(directory)) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int reader = 0; reader < 2; reader++) {
                answers.add(readers.submit(() -> readWhile(writing, partition)));
            }

            // When
            for (int offset = 0; offset < 1_500; offset++) {
                long nowMs = NOW_MS + offset * 2_000L;
                Span span = root(1 + random.nextInt(300), 1 + random.nextInt(2), offset * 2_000L + random.nextInt(900));
                partition.deliver(new Event(offset, nowMs, List.of(span)), nowMs);
                if (offset % 20 == 0) {
                    partition.evict(nowMs);
                }
            }
            writing.set(false);

            // Then
            for (Future<Integer> count : answers) {
                assertThat(count.get()).isPositive();
            }
            assertThat(partition.store().traces().rootCount())
                    .isEqualTo(partition.store().rootRows());
        } finally {
            writing.set(false);
            readers.shutdown();
        }
    }

    private static int readWhile(AtomicBoolean writing, Partition partition) {
        int answers = 0;
        long now = at(Duration.ofMinutes(20).toMillis());
        while (writing.get() && answers < 500) {
            TracePage all = partition.list(new TraceQuery(1000, 0, Long.MAX_VALUE, now));
            assertThat(all.total()).isEqualTo(all.traces().size());
            TracePage some = partition.list(new TraceQuery(1000, at(700_123), at(1_500_456), now));
            assertThat(some.total()).isEqualTo(some.traces().size());
            partition.detail(trace(7), now);
            answers++;
        }
        return answers;
    }
}
