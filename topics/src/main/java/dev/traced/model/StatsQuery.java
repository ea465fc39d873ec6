package dev.traced.model;

import org.jspecify.annotations.Nullable;

/**
 * Asks for statistics of the closed traces that started between two times and are in the window at {@code nowNanos}. A
 * trace starts with its root, one without a root with its newest span. The times are widened to what statistics are kept
 * by, seconds or minutes, and the answer says to which. A trace dated more than an hour after it closed is counted only if there
 * is no end.
 *
 * @param by what there shall be a line for
 * @param service of the spans that count; null for any. Operations are those of a service
 * @param operation of the spans that count; null for any. For steps of time only
 * @param afterNanos inclusive, Unix nanoseconds
 * @param beforeNanos exclusive; null for no end
 */
public record StatsQuery(
        By by,
        @Nullable String service,
        @Nullable String operation,
        long afterNanos,
        @Nullable Long beforeNanos,
        long nowNanos) {

    /** What there is a line for. */
    public enum By {
        SERVICE,
        OPERATION,
        /** A minute, or a longer step if the window is long, see {@link StatsPage}. */
        TIME,
        /** A service and another that it calls. */
        CALL
    }

    public StatsQuery {
        boolean isOfService = by == By.OPERATION || (by == By.TIME && service != null);
        if (isOfService != (service != null) || (operation != null && by != By.TIME)) {
            throw new IllegalArgumentException(
                    "no statistics by " + by + " of service " + service + " and operation " + operation);
        }
    }
}
