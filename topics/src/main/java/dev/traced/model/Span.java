package dev.traced.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One span as the traced contract shows it. Times are Unix nanoseconds. {@code tags} is null where the sender sent
 * none: absent stays absent in the answer.
 */
public record Span(
        TraceId traceId,
        SpanId spanId,
        @Nullable SpanId parentSpanId,
        String service,
        String operation,
        long startTimeNanos,
        long endTimeNanos,
        SpanStatus status,
        @Nullable Map<String, String> tags) {

    public boolean isRoot() {
        return parentSpanId == null;
    }
}
