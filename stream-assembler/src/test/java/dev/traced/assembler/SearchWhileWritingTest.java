package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW_MS;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.trace;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceQuery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many clients that search all the time take a part of the time from the stream thread, and not all of it. */
class SearchWhileWritingTest {
    private static final int TRACES = 60_000;
    private static final int CLIENTS = 16;
    private static final long FOR_NANOS = TimeUnit.SECONDS.toNanos(2);

    @TempDir
    Path directory;

    @Test
    void records_areApplied_whileManySearch() throws InterruptedException {
        try (Partition partition = new Partition(directory)) {
            int number = 0;
            for (; number < TRACES; number++) {
                deliver(partition, number);
            }
            TraceFilter any = new TraceFilter(null, null, SpanStatus.OK, 0, Long.MAX_VALUE, List.of(), null);
            TraceQuery search = TraceQuery.between(null, null, 20, TimeUnit.MILLISECONDS.toNanos(NOW_MS))
                    .with(any, null);
            AtomicBoolean isOver = new AtomicBoolean();
            AtomicLong searches = new AtomicLong();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Thread client = new Thread(() -> {
                    while (!isOver.get()) {
                        partition.list(search);
                        searches.incrementAndGet();
                    }
                });
                client.start();
                clients.add(client);
            }

            long start = System.nanoTime();
            while (System.nanoTime() - start < FOR_NANOS) {
                deliver(partition, number++);
            }
            isOver.set(true);
            for (Thread client : clients) {
                client.join();
            }

            // One for each search or less, where each record waits for those who search.
            assertThat(number - TRACES).isGreaterThan(2_000);
            assertThat(searches.get()).isGreaterThan(10);
        }
    }

    private static void deliver(Partition partition, int number) {
        partition.deliver(
                trace(number), TestSpans.value(List.of(root(number, 1, number / 100))), number, NOW_MS, NOW_MS);
    }
}
