package dev.traced.assembler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AppliedOffsetTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(15);

    private final AppliedOffset applied = new AppliedOffset();

    @Test
    void await_returnsAtOnce_whenApplied() throws InterruptedException {
        // When
        applied.advance(5);

        // Then
        assertThat(applied.await(5, 0)).isTrue();
        assertThat(applied.await(4, -1)).isTrue();
    }

    @Test
    void nothingWanted_isAlwaysApplied() throws InterruptedException {
        assertThat(applied.await(-1, 0)).isTrue();
    }

    @Test
    void await_givesUp_whenItIsNotAppliedInTime() throws InterruptedException {
        // Given
        applied.advance(5);

        // When
        long start = System.nanoTime();
        boolean reached = applied.await(6, TimeUnit.MILLISECONDS.toNanos(20));

        // Then
        assertThat(reached).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
    }

    @Test
    void offset_neverMovesBack_butIsForgotten() throws InterruptedException {
        // Given
        applied.advance(5);

        // When
        applied.advance(3);

        // Then
        assertThat(applied.get()).isEqualTo(5);
        applied.forget();
        assertThat(applied.get()).isEqualTo(AppliedOffset.UNKNOWN);
        assertThat(applied.await(0, 0)).isFalse();
    }

    @Test
    void allWaiters_areWoken_byOneRecord() throws Exception {
        // Given
        ExecutorService readers = Executors.newFixedThreadPool(3);
        try {
            List<Thread> threads = new CopyOnWriteArrayList<>();
            List<Future<Boolean>> reached = new ArrayList<>();
            for (long wanted : new long[] {5, 6, 7}) {
                reached.add(readers.submit(() -> {
                    threads.add(Thread.currentThread());
                    return applied.await(wanted, 4 * LONG);
                }));
            }
            await().until(() -> threads.size() == 3
                    && threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING));

            // When
            applied.advance(7);

            // Then
            for (Future<Boolean> answer : reached) {
                assertThat(answer.get()).isTrue();
            }
        } finally {
            readers.shutdownNow();
        }
    }

    @Test
    void everyWaiter_isWoken_whateverTheInterleaving() throws Exception {
        // Given
        ExecutorService readers = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> reached = new ArrayList<>();
            for (int reader = 0; reader < 4; reader++) {
                reached.add(readers.submit(() -> {
                    int count = 0;
                    for (int wanted = 0; wanted < 20_000; wanted++) {
                        count += applied.await(wanted, LONG) ? 1 : 0;
                    }
                    return count;
                }));
            }

            // When
            for (int offset = 0; offset < 20_000; offset++) {
                applied.advance(offset);
            }

            // Then
            for (Future<Integer> count : reached) {
                assertThat(count.get()).isEqualTo(20_000);
            }
        } finally {
            readers.shutdownNow();
        }
    }
}
