package dev.traced.tracer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    private final HandClock source = new HandClock();
    private final SteadyClock clock = new SteadyClock(source);

    @Test
    void itSaysWhatTheWallClockSays_whileNobodySetsThat() {
        for (int second = 0; second < 100; second++) {
            source.pass(Duration.ofMillis(731));

            assertThat(clock.now()).isEqualTo(source.now());
        }
    }

    @Test
    void bothOfItsTimesAreOne_whichTheSdkAddsUp() {
        source.pass(Duration.ofMillis(300));

        assertThat(clock.nanoTime()).isEqualTo(clock.now());
    }

    @Test
    void setBack_itGoesOnATenthSlower_untilTheWallClockIsThere() {
        source.set(Duration.ofSeconds(-3));
        source.pass(Duration.ofSeconds(1));
        clock.now();

        long ahead = clock.now() - source.now();
        source.pass(Duration.ofMillis(500));

        assertThat(clock.now() - source.now()).isEqualTo(ahead - 50_000_000);
        for (int second = 0; second < 32; second++) {
            source.pass(Duration.ofSeconds(1));
            clock.now();
        }
        assertThat(clock.now()).isEqualTo(source.now());
    }

    @Test
    void aLittleAhead_itIsCaughtUpWith_atATenthAtMost() {
        source.set(Duration.ofMillis(250));
        source.pass(Duration.ofSeconds(1));
        long before = clock.now();

        source.pass(Duration.ofSeconds(1));

        assertThat(clock.now() - before).isEqualTo(1_100_000_000);
        source.pass(Duration.ofSeconds(1));
        clock.now();
        source.pass(Duration.ofSeconds(1));
        assertThat(clock.now()).isEqualTo(source.now());
    }

    @Test
    void farAhead_itLeaps_sinceTheMachineHasSlept() {
        source.set(Duration.ofHours(8));
        source.pass(Duration.ofSeconds(1));

        assertThat(clock.now()).isEqualTo(source.now());
    }

    @Test
    void aLongTimeWithoutAReading_isNotCorrectedTwice() {
        source.set(Duration.ofMillis(-80));
        source.pass(Duration.ofSeconds(1));
        clock.now();

        source.pass(Duration.ofHours(1));

        assertThat(clock.now()).isEqualTo(source.now());
    }

    @Test
    void itNeverRunsBackwards_howeverTheWallClockIsSet() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long last = clock.now();
        for (int step = 0; step < 200_000; step++) {
            source.pass((long) (random.nextDouble() * 400_000_000));
            if (random.nextInt(10) == 0) {
                source.set(Duration.ofMillis(random.nextInt(20_000) - 10_000));
            }
            long now = clock.now();
            if (now < last) {
                throw new AssertionError("read " + now + " after " + last + ", seed " + seed + ", step " + step);
            }
            last = now;
        }
    }

    /** A reading of one thread that another has seen the result of is not after that one's own. */
    @Test
    void itNeverRunsBackwards_betweenThreads() throws Exception {
        AtomicLong latest = new AtomicLong(clock.now());
        AtomicBoolean over = new AtomicBoolean();
        Callable<Long> reader = () -> {
            long readings = 0;
            for (; !over.get(); readings++) {
                long seen = latest.get();
                long now = clock.now();
                if (now < seen) {
                    throw new AssertionError("read " + now + " after " + seen);
                }
                latest.accumulateAndGet(now, Math::max);
            }
            return readings;
        };
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            var readers = Stream.of(1, 2, 3).map(i -> threads.submit(reader)).toList();
            for (int step = 0; step < 300_000; step++) {
                source.pass(300_000_000); // a look every fourth time
                if (step % 50 == 0) {
                    source.set(Duration.ofMillis(step % 100 == 0 ? -700 : 600));
                }
            }
            over.set(true);
            for (Future<Long> each : readers) {
                assertThat(each.get()).isPositive();
            }
        } finally {
            over.set(true);
            threads.shutdownNow();
        }
    }
}
