package dev.traced.testing.verify.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A span as the contract's JSON has it. Ids are kept in lower case, which is how the server answers them; {@code tags} is
 * null where the object is absent, which is not the same as empty. {@code status} is text so that a wrong one can be shown.
 */
public record WireSpan(
        String traceId,
        String spanId,
        @Nullable String parentSpanId,
        String service,
        String operation,
        long startTimeNanos,
        long endTimeNanos,
        String status,
        @Nullable Map<String, String> tags) {

    public static final String OK = "ok";
    public static final String ERROR = "error";

    public WireSpan {
        traceId = traceId.toLowerCase(Locale.ROOT);
        spanId = spanId.toLowerCase(Locale.ROOT);
        parentSpanId = parentSpanId == null ? null : parentSpanId.toLowerCase(Locale.ROOT);
        tags = tags == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(tags));
    }

    public boolean isRoot() {
        return parentSpanId == null;
    }

    public boolean isError() {
        return status.equals(ERROR);
    }

    public WireSpan withParent(@Nullable String parent) {
        return new WireSpan(traceId, spanId, parent, service, operation, startTimeNanos, endTimeNanos, status, tags);
    }

    public WireSpan withOperation(String newOperation) {
        return new WireSpan(
                traceId, spanId, parentSpanId, service, newOperation, startTimeNanos, endTimeNanos, status, tags);
    }

    public WireSpan withTimes(long start, long end) {
        return new WireSpan(traceId, spanId, parentSpanId, service, operation, start, end, status, tags);
    }

    public WireSpan withStatus(String newStatus) {
        return new WireSpan(
                traceId, spanId, parentSpanId, service, operation, startTimeNanos, endTimeNanos, newStatus, tags);
    }

    public WireSpan withTags(@Nullable Map<String, String> newTags) {
        return new WireSpan(
                traceId, spanId, parentSpanId, service, operation, startTimeNanos, endTimeNanos, status, newTags);
    }
}
