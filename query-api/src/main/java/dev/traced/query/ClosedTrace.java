package dev.traced.query;

import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import dev.traced.topics.SpanCursor;
import dev.traced.topics.Terms;
import dev.traced.topics.TraceEvent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link TraceEvent} says in a line of the live tail.
 *
 * @param root null if none of the spans is without a parent
 */
record ClosedTrace(
        TraceEvent.Kind kind,
        long revision,
        TraceId traceId,
        @Nullable Root root,
        long spanCount,
        SpanStatus status,
        TraceShape shape) {

    /** The span that stands for the trace. */
    record Root(SpanId spanId, long startTimeNanos, long endTimeNanos, String service, String operation) {
        long durationNanos() {
            return TraceSummary.durationNanos(startTimeNanos, endTimeNanos);
        }

        /**
         * Of several roots the earliest counts; of those that start together the one with the smallest id. Which is the
         * server's half of a call the topic does not say: there it is below the client's half if that has come.
         */
        private boolean isBetterThan(@Nullable Root other) {
            if (other == null) {
                return true;
            }
            int byStart = Long.compare(startTimeNanos, other.startTimeNanos);
            return byStart != 0 ? byStart < 0 : spanId.compareTo(other.spanId) < 0;
        }
    }

    /**
     * Takes the parts of an event in their order, and tells whether the trace passes a filter. Of a span that is in two
     * parts the later part's counts; of a trace of very many spans both do, and how they hang together is not looked at.
     */
    static final class Builder {
        /** No more are held in memory to see how they hang together; the assembler does not look at more either. */
        static final int MAX_SHAPED_SPANS = 25_000;

        private final TraceFilter filter;
        private final long[] wanted;
        private final boolean isShaped;
        private final TraceShape.Builder shape = new TraceShape.Builder();
        private final Map<SpanId, Trait> latest = new HashMap<>();

        /** Of spans that are not held. */
        private Trait gone = Trait.NONE;

        /** What of a span matters beyond the shape; {@code found} has a bit for each term that was looked for. */
        private record Trait(@Nullable Root root, boolean isError, long found) {
            static final Trait NONE = new Trait(null, false, 0);

            Trait and(Trait other) {
                Root better = root != null && root.isBetterThan(other.root) ? root : other.root;
                return new Trait(better, isError || other.isError, found | other.found);
            }
        }

        /** @param spanCount of the whole trace */
        Builder(TraceFilter filter, int spanCount) {
            this.filter = filter;
            this.wanted = Terms.of(filter);
            this.isShaped = spanCount <= MAX_SHAPED_SPANS;
        }

        /**
         * Adds the spans of a part.
         *
         * @throws IllegalArgumentException if the value is not {@code TracesData}
         */
        void add(byte[] value) {
            SpanCursor span = wanted.length == 0 ? new SpanCursor(value) : SpanCursor.withTerms(value);
            while (span.next()) {
                SpanId id = new SpanId(span.spanIdHigh(), span.spanIdLow());
                Trait trait = new Trait(root(id, span), span.isError(), found(span));
                if (isShaped) {
                    shape.add(id, span.parent(), span.service(), span.startTimeNanos(), span.endTimeNanos());
                    latest.put(id, trait);
                } else {
                    gone = gone.and(trait);
                }
            }
        }

        private static @Nullable Root root(SpanId id, SpanCursor span) {
            return span.isRoot()
                    ? new Root(id, span.startTimeNanos(), span.endTimeNanos(), span.service(), span.operation())
                    : null;
        }

        private long found(SpanCursor span) {
            long found = 0;
            for (int i = 0; i < span.termCount(); i++) {
                for (int j = 0; j < wanted.length; j++) {
                    found |= span.term(i) == wanted[j] ? 1L << j : 0;
                }
            }
            return found;
        }

        /**
         * The trace as its event says; null if it does not pass.
         *
         * @param event the last part
         */
        @Nullable
        ClosedTrace build(TraceEvent event) {
            Trait whole = latest.values().stream().reduce(gone, Trait::and);
            if (Long.bitCount(whole.found) < wanted.length) {
                return null;
            }
            SpanStatus status = whole.isError ? SpanStatus.ERROR : SpanStatus.OK;
            TraceShape seen = isShaped ? shape.build() : TraceShape.TOO_LARGE;
            Root root = whole.root;
            if (!filter.matches(status, root == null ? null : (Long) root.durationNanos(), seen)) {
                return null;
            }
            return new ClosedTrace(
                    event.kind(), event.revision(), event.traceId(), root, event.spanCount(), status, seen);
        }
    }
}
