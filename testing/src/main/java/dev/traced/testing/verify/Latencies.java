package dev.traced.testing.verify;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A histogram of durations, exact to 1.6 %, of fixed size. Thread-safe: any thread records, any thread reads.
 *
 * <p>Microseconds; 64 buckets for every power of two: bucket = shift * 64 + (micros >> shift).
 */
public final class Latencies {

    private static final int BITS = 6;
    private static final int PER_POWER = 1 << BITS;
    private static final int POWERS = 64 - BITS;

    private final AtomicLongArray buckets = new AtomicLongArray(POWERS * PER_POWER + PER_POWER);
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong maxNanos = new AtomicLong();

    public void record(long nanos) {
        long micros = Math.max(0, nanos / 1_000);
        buckets.incrementAndGet(bucket(micros));
        count.incrementAndGet();
        if (nanos > maxNanos.get()) {
            maxNanos.accumulateAndGet(nanos, Math::max);
        }
    }

    public Summary summary() {
        return new Summary(count.get(), atPercent(50), atPercent(99), Duration.ofNanos(maxNanos.get()));
    }

    /** The smallest duration that at least this share of all did not exceed. */
    public Duration atPercent(double percent) {
        long wanted = (long) Math.ceil(count.get() * percent / 100);
        long seen = 0;
        for (int i = 0; i < buckets.length() && wanted > 0; i++) {
            seen += buckets.get(i);
            if (seen >= wanted) {
                return Duration.ofNanos(Math.min(maxNanos.get(), upperMicros(i) * 1_000));
            }
        }
        return Duration.ofNanos(maxNanos.get());
    }

    private static int bucket(long micros) {
        int shift = Math.max(0, 63 - Long.numberOfLeadingZeros(micros | 1) - BITS);
        return shift * PER_POWER + (int) (micros >>> shift);
    }

    private static long upperMicros(int bucket) {
        int shift = Math.max(0, bucket / PER_POWER - 1);
        return ((long) (bucket - shift * PER_POWER + 1) << shift) - 1;
    }

    /** Count and percentiles at one moment. */
    public record Summary(long count, Duration p50, Duration p99, Duration max) {

        @Override
        public String toString() {
            return count + " times, p50 " + millis(p50) + ", p99 " + millis(p99) + ", max " + millis(max);
        }

        private static String millis(Duration duration) {
            long micros = duration.toNanos() / 1_000;
            return micros / 1_000 + "." + String.valueOf(1_000 + micros % 1_000).substring(1) + " ms";
        }
    }
}
