package dev.traced.model;

import org.jspecify.annotations.Nullable;

/**
 * Which traces a list shall hold: those whose root started between {@code firstNanos} and {@code lastNanos}, both
 * inclusive, and that are visible at {@code nowNanos}; of these the newest {@code limit}. Both bounds are inclusive so
 * that a root at {@link Long#MAX_VALUE} can be asked for.
 *
 * @param filter what the traces must be like
 * @param cursor where the page begins; null for the newest. What is before it counts as well.
 */
public record TraceQuery(
        int limit,
        long firstNanos,
        long lastNanos,
        long nowNanos,
        TraceFilter filter,
        @Nullable TraceCursor cursor) {
    public static final int MAX_LIMIT = 1000;
    public static final int DEFAULT_LIMIT = 20;

    public TraceQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit must be 1.." + MAX_LIMIT + ", was " + limit);
        }
    }

    /** The newest of all traces of a time. */
    public TraceQuery(int limit, long firstNanos, long lastNanos, long nowNanos) {
        this(limit, firstNanos, lastNanos, nowNanos, TraceFilter.ANY, null);
    }

    /** The same times and limit with conditions and a place to begin. */
    public TraceQuery with(TraceFilter wanted, @Nullable TraceCursor from) {
        return new TraceQuery(limit, firstNanos, lastNanos, nowNanos, wanted, from);
    }

    /**
     * @param after earliest root start, inclusive; null for any
     * @param before latest root start, exclusive; null for any
     * @throws IllegalArgumentException that names the parameter and its value
     */
    public static TraceQuery between(@Nullable Long after, @Nullable Long before, int limit, long nowNanos) {
        StartRange times = StartRange.between("", after, before);
        return new TraceQuery(limit, times.firstNanos(), times.lastNanos(), nowNanos);
    }
}
