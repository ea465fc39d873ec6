package dev.traced.model;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One line of the list of traces. Times are Unix nanoseconds.
 *
 * @param shape how its spans hang together, as of when the trace closed; null while it is open
 */
public record TraceSummary(
        TraceId traceId,
        String rootService,
        String rootOperation,
        long startTimeNanos,
        long endTimeNanos,
        long spanCount,
        SpanStatus status,
        @Nullable TraceShape shape) {

    /** Newest start first, then by trace id. */
    public static final Comparator<TraceSummary> NEWEST_FIRST =
            Comparator.comparingLong(TraceSummary::startTimeNanos).reversed().thenComparing(TraceSummary::traceId);

    /** Of an open trace. */
    public TraceSummary(
            TraceId traceId,
            String rootService,
            String rootOperation,
            long startTimeNanos,
            long endTimeNanos,
            long spanCount,
            SpanStatus status) {
        this(traceId, rootService, rootOperation, startTimeNanos, endTimeNanos, spanCount, status, null);
    }

    /** The length of the root in whole milliseconds; 0 if it ended before it began. */
    public long durationMs() {
        return durationMs(startTimeNanos, endTimeNanos);
    }

    /** The length of the root; 0 if it ended before it began. */
    public long durationNanos() {
        return durationNanos(startTimeNanos, endTimeNanos);
    }

    /** The length of a span in whole milliseconds; 0 if it ended before it began. */
    public static long durationMs(long startTimeNanos, long endTimeNanos) {
        return durationNanos(startTimeNanos, endTimeNanos) / 1_000_000;
    }

    /** The length of a span; 0 if it ended before it began. */
    public static long durationNanos(long startTimeNanos, long endTimeNanos) {
        if (endTimeNanos <= startTimeNanos) {
            return 0;
        }
        long nanos = endTimeNanos - startTimeNanos;
        return nanos < 0 ? Long.MAX_VALUE : nanos; // longer than 64 bits can tell
    }
}
