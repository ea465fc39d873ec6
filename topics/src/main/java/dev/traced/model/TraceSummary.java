package dev.traced.model;

import java.util.Comparator;

/** One line of the list of traces. Times are Unix nanoseconds. */
public record TraceSummary(
        TraceId traceId,
        String rootService,
        String rootOperation,
        long startTimeNanos,
        long endTimeNanos,
        long spanCount,
        SpanStatus status) {

    /** Newest start first, then by trace id. */
    public static final Comparator<TraceSummary> NEWEST_FIRST =
            Comparator.comparingLong(TraceSummary::startTimeNanos).reversed().thenComparing(TraceSummary::traceId);

    /** The length of the root in whole milliseconds; 0 if it ended before it began. */
    public long durationMs() {
        return endTimeNanos <= startTimeNanos ? 0 : (endTimeNanos - startTimeNanos) / 1_000_000;
    }
}
