package dev.traced.query;

import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.TraceShape;
import dev.traced.topics.CallHalves;
import dev.traced.topics.SpanDecoder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The spans of a trace as they are shown, each once, as it arrived last, by start and then by id; and how they hang
 * together. Empty for a trace that is not known.
 *
 * @param missingParents ids that spans name as their parent and that are not there
 */
record TraceDetail(List<Span> spans, TraceShape shape, Collection<SpanId> missingParents) {
    private static final Comparator<Span> BY_START =
            Comparator.comparingLong(Span::startTimeNanos).thenComparing(Span::spanId);

    /** Of all that arrived of a trace, in that order. */
    static TraceDetail of(List<byte[]> values) {
        Map<SpanId, Span> latest = new HashMap<>();
        for (byte[] value : values) {
            SpanDecoder.decode(value, latest::put);
        }
        CallHalves halves = new CallHalves(identity -> {
            Span span = latest.get(identity);
            return span == null ? null : span.service();
        });
        List<Span> spans = new ArrayList<>(latest.size());
        latest.forEach((identity, span) -> spans.add(span.withIds(
                halves.shownId(identity), halves.shownParent(identity, span.parentSpanId(), span::service))));
        spans.sort(BY_START);
        TraceShape.Builder shape = new TraceShape.Builder();
        latest.forEach((identity, span) ->
                shape.add(identity, span.parentSpanId(), span.service(), span.startTimeNanos(), span.endTimeNanos()));
        return new TraceDetail(spans, shape.build(), shape.missingParents());
    }
}
