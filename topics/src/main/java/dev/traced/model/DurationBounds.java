package dev.traced.model;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The durations that pass a filter, from bounds as they were given: in nanoseconds, or in whole milliseconds, which stand
 * for every duration that is shown as so many. Of several bounds each holds. Not thread-safe.
 */
public final class DurationBounds {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private Bound min = new Bound("", 0, TraceFilter.ANY.minDurationNanos());
    private Bound max = new Bound("", 0, TraceFilter.ANY.maxDurationNanos());

    /** A bound by its name and with its value as given, for those who gave it. */
    private record Bound(String name, long given, long nanos) {}

    /**
     * Sets the shortest in milliseconds; null for none.
     *
     * @throws IllegalArgumentException that names the bounds and their values, as all that follow
     */
    public DurationBounds atLeastMillis(String name, @Nullable Long millis) {
        return millis == null ? this : atLeast(new Bound(name, millis, TimeUnit.MILLISECONDS.toNanos(millis)));
    }

    /** Sets the shortest in nanoseconds; null for none. */
    public DurationBounds atLeastNanos(String name, @Nullable Long nanos) {
        return nanos == null ? this : atLeast(new Bound(name, nanos, nanos));
    }

    /** Sets the longest in milliseconds; null for none. */
    public DurationBounds atMostMillis(String name, @Nullable Long millis) {
        if (millis == null) {
            return this;
        }
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        return atMost(new Bound(name, millis, Math.min(nanos, Long.MAX_VALUE - MILLI + 1) + MILLI - 1));
    }

    /** Sets the longest in nanoseconds; null for none. */
    public DurationBounds atMostNanos(String name, @Nullable Long nanos) {
        return nanos == null ? this : atMost(new Bound(name, nanos, nanos));
    }

    private DurationBounds atLeast(Bound bound) {
        requireNotNegative(bound);
        min = bound.nanos > min.nanos ? bound : min;
        return requireOrder();
    }

    private DurationBounds atMost(Bound bound) {
        requireNotNegative(bound);
        max = bound.nanos < max.nanos ? bound : max;
        return requireOrder();
    }

    private static void requireNotNegative(Bound bound) {
        if (bound.given < 0) {
            throw new IllegalArgumentException(bound.name + " must not be negative, was " + bound.given);
        }
    }

    private DurationBounds requireOrder() {
        if (max.nanos < min.nanos) {
            throw new IllegalArgumentException(
                    max.name + " must not be less than " + min.name + ", were " + max.given + " and " + min.given);
        }
        return this;
    }

    public long minNanos() {
        return min.nanos;
    }

    public long maxNanos() {
        return max.nanos;
    }
}
