package dev.traced.model;

import java.util.Map;
import java.util.Objects;
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

    /** The same span under these ids. */
    public Span withIds(SpanId id, @Nullable SpanId parent) {
        return id.equals(spanId) && Objects.equals(parent, parentSpanId)
                ? this
                : new Span(traceId, id, parent, service, operation, startTimeNanos, endTimeNanos, status, tags);
    }

    public boolean isRoot() {
        return parentSpanId == null;
    }
}
