package dev.traced.tracer.node;

import dev.traced.tracer.propagation.TraceParent;

/**
 * A {@code traceparent} whose ids may be any text without a dash. All else about it is judged by {@link TraceParent}, which
 * is given the ids that {@link LenientIds} makes of them.
 *
 * @param traceId as it came
 * @param parentSpanId as it came
 * @param strict the same header as W3C wants it
 */
record LooseTraceParent(String traceId, String parentSpanId, TraceParent strict) {
    private static final int PARTS = 4;

    /** @throws IllegalArgumentException which part is wrong, and what it is */
    static LooseTraceParent parse(String header) {
        String[] parts = header.split("-", PARTS);
        if (parts.length < PARTS || parts[1].isEmpty() || parts[2].isEmpty()) {
            return new LooseTraceParent("", "", TraceParent.parse(header)); // which says what is wrong
        }
        String strict =
                String.join("-", parts[0], LenientIds.hexOfTrace(parts[1]), LenientIds.hexOfSpan(parts[2]), parts[3]);
        return new LooseTraceParent(parts[1], parts[2], TraceParent.parse(strict));
    }
}
