package dev.traced.model;

import java.util.Comparator;

/**
 * What a line of statistics is about; what does not apply is empty, or 0.
 *
 * @param name a service, an operation, or the caller of a call
 * @param callee of a call
 * @param startNanos when a step of time begins, Unix nanoseconds
 */
public record StatsKey(String name, String callee, long startNanos) implements Comparable<StatsKey> {
    /** Of the traces that no step of time has, see {@link StatsQuery}. */
    public static final StatsKey FUTURE = startingAt(Long.MAX_VALUE);

    private static final Comparator<StatsKey> ORDER = Comparator.comparing(StatsKey::name)
            .thenComparing(StatsKey::callee)
            .thenComparingLong(StatsKey::startNanos);

    public static StatsKey named(String name) {
        return new StatsKey(name, "", 0);
    }

    public static StatsKey call(String caller, String callee) {
        return new StatsKey(caller, callee, 0);
    }

    public static StatsKey startingAt(long startNanos) {
        return new StatsKey("", "", startNanos);
    }

    @Override
    public int compareTo(StatsKey other) {
        return ORDER.compare(this, other);
    }
}
