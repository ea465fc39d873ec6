package dev.traced.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a trace as a whole must be like; each condition may be met by another of its spans.
 *
 * @param service some span is of this service; null for any
 * @param operation some span has this operation, of that service if one is given; null for any
 * @param status of the trace: {@link SpanStatus#ERROR} if any span is; null for any
 * @param minDurationNanos the root takes at least so long
 * @param maxDurationNanos and at most so long, see {@link DurationBounds}
 * @param tags each is on some span, or on the resource of some span
 * @param complete whether the trace has closed with its root and every parent there; null for any
 */
public record TraceFilter(
        @Nullable String service,
        @Nullable String operation,
        @Nullable SpanStatus status,
        long minDurationNanos,
        long maxDurationNanos,
        List<Tag> tags,
        @Nullable Boolean complete) {
    public static final TraceFilter ANY = new TraceFilter(null, null, null, 0, Long.MAX_VALUE, List.of(), null);

    /** An attribute and its value as text, see {@code AttributeText}. */
    public record Tag(String key, String value) {}

    public TraceFilter {
        tags = List.copyOf(tags);
        if (minDurationNanos < 0) {
            throw new IllegalArgumentException("min_duration_ns must not be negative, was " + minDurationNanos);
        }
        if (maxDurationNanos < minDurationNanos) {
            throw new IllegalArgumentException("max_duration_ns must not be less than min_duration_ns, were "
                    + maxDurationNanos + " and " + minDurationNanos);
        }
    }

    /** Whether every trace passes. */
    public boolean isAny() {
        return equals(ANY);
    }

    /** The conditions on the line of the list, which are all but those on single spans. */
    public boolean matches(TraceSummary trace) {
        return matches(trace.status(), trace.durationNanos(), trace.shape());
    }

    /**
     * The same for a trace that may have no root.
     *
     * @param durationNanos of the root; null if there is none, which is neither long nor short enough for any bound
     * @param shape null while the trace is open
     */
    public boolean matches(SpanStatus ofTrace, @Nullable Long durationNanos, @Nullable TraceShape shape) {
        boolean isWithin = durationNanos == null
                ? minDurationNanos == ANY.minDurationNanos && maxDurationNanos == ANY.maxDurationNanos
                : durationNanos >= minDurationNanos && durationNanos <= maxDurationNanos;
        return isWithin
                && (status == null || status == ofTrace)
                && (complete == null || complete == (shape != null && shape.isComplete()));
    }
}
