package dev.traced.model;

import org.jspecify.annotations.Nullable;

/**
 * Asks how many traces started when, and how long they took: of those that a {@link TraceQuery} with the same times and
 * filter counts.
 *
 * @param steps into how many steps of time they are put at most
 * @param firstNanos earliest root start, inclusive
 * @param beforeNanos latest root start, exclusive; null for any: then there are steps up to {@code nowNanos}, and what
 *     starts later is counted besides
 */
public record OverviewQuery(
        int steps, long firstNanos, @Nullable Long beforeNanos, long nowNanos, TraceFilter filter) {
    /** A single one, which is round like others, might have to begin in 1970 to reach over midnight. */
    public static final int MIN_STEPS = 2;

    public static final int MAX_STEPS = 200;
    public static final int DEFAULT_STEPS = 60;

    public OverviewQuery {
        checkSteps(steps);
    }

    /** @throws IllegalArgumentException that names the parameter and its value, if there cannot be so many */
    public static int checkSteps(long steps) {
        if (steps < MIN_STEPS || steps > MAX_STEPS) {
            throw new IllegalArgumentException("steps must be " + MIN_STEPS + ".." + MAX_STEPS + ", was " + steps);
        }
        return (int) steps;
    }

    /**
     * @param after earliest root start, inclusive; null for any
     * @param before latest root start, exclusive; null for any
     * @throws IllegalArgumentException that names the parameter and its value
     */
    public static OverviewQuery between(
            @Nullable Long after, @Nullable Long before, int steps, long nowNanos, TraceFilter filter) {
        return new OverviewQuery(steps, StartRange.between("", after, before).firstNanos(), before, nowNanos, filter);
    }

    /** The latest root start, inclusive. */
    public long lastNanos() {
        return beforeNanos == null ? Long.MAX_VALUE : beforeNanos - 1;
    }

    /** The steps of time that the answer has. */
    public TimeSteps times(RollingWindow window) {
        long visible = Math.max(firstNanos, window.visibleFrom(nowNanos));
        return beforeNanos == null
                ? TimeSteps.upTo(nowNanos, visible, steps)
                : TimeSteps.between(Math.min(visible, beforeNanos), beforeNanos, steps);
    }
}
