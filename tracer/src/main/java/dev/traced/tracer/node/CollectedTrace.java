package dev.traced.tracer.node;

import dev.traced.model.SpanId;
import dev.traced.model.TraceShape;
import dev.traced.tracer.node.wire.Envelope;
import dev.traced.tracer.node.wire.Fields;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The spans of a trace that have come so far, in {@link TraceShape}'s hands. */
final class CollectedTrace {
    private static final double NANOS_PER_MS = 1e6;

    private final String id;
    private final TraceShape.Builder spans = new TraceShape.Builder();
    private long lastNanos;
    private @Nullable Envelope rootSender;
    private boolean hasClosed;

    /** @param id as it came first */
    CollectedTrace(String id) {
        this.id = id;
    }

    /**
     * A span to collect.
     *
     * @param startNanos the start and the end are of one clock, whichever that is
     */
    record Part(SpanId id, @Nullable SpanId parent, String service, long startNanos, long endNanos) {
        private static final double MAX_DURATION_MS = 1e9;

        /**
         * Of a message of type {@code span}. How long it took is {@code duration_ms}, or from {@code start_time} to {@code
         * end_time} in Unix nanoseconds; nothing, if it says neither.
         */
        static Part of(Fields span) {
            String parent = span.optionalId("parent_span_id");
            long start = span.has("start_time") ? span.count("start_time") : 0;
            long end = start;
            if (span.has("end_time")) {
                end = span.count("end_time");
            } else if (span.has("duration_ms")) {
                end += (long) (span.number("duration_ms", 0, MAX_DURATION_MS) * NANOS_PER_MS);
            }
            if (end < start) {
                throw span.wrong("end_time", "must not be before start_time " + start + ", was " + end);
            }
            return new Part(
                    LenientIds.span(span.text("span_id")),
                    parent == null ? null : LenientIds.span(parent),
                    span.text("service"),
                    start,
                    end);
        }
    }

    /**
     * Adds a span; one that came before is replaced.
     *
     * @param nowNanos the node's time
     */
    void add(Part span, @Nullable Envelope sender, long nowNanos) {
        spans.add(span.id, span.parent, span.service, span.startNanos, span.endNanos);
        lastNanos = nowNanos;
        if (span.parent == null) {
            rootSender = sender;
        }
    }

    String id() {
        return id;
    }

    int size() {
        return spans.spans().size();
    }

    boolean isComplete() {
        return spans.build().isComplete();
    }

    boolean hasClosed() {
        return hasClosed;
    }

    void close() {
        hasClosed = true;
    }

    /** Around the message that brought the root; null if that was bare. */
    @Nullable
    Envelope rootSender() {
        return rootSender;
    }

    /** When the newest span came, by the node's time. */
    long lastNanos() {
        return lastNanos;
    }

    boolean hasService(String service) {
        return spans.spans().stream().anyMatch(span -> span.service().equals(service));
    }

    /** How long the root took, which is how long a trace takes everywhere else; of several the one that started first. */
    Optional<Long> durationNanos() {
        spans.build();
        return spans.spans().stream()
                .filter(TraceShape.Node::isRoot)
                .min(Comparator.comparingLong(TraceShape.Node::startNanos))
                .map(root -> root.endNanos() - root.startNanos());
    }
}
