package dev.traced.assembler;

import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.topics.SpanDecoder;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The right answers, recomputed from all spans at every question: slow and obvious. */
public final class ExpectedTraces {
    private static final Comparator<Span> BY_START =
            Comparator.comparingLong(Span::startTimeNanos).thenComparing(Span::spanId);

    private final Map<TraceId, Map<SpanId, Span>> traces = new LinkedHashMap<>();

    /** The later arrival replaces the earlier. */
    public void arrive(Collection<Span> spans) {
        for (Span span : spans) {
            traces.computeIfAbsent(span.traceId(), id -> new HashMap<>()).put(span.spanId(), span);
        }
    }

    /** As if nothing had ever arrived of it. */
    public void forget(TraceId traceId) {
        traces.remove(traceId);
    }

    public Set<TraceId> ids() {
        return traces.keySet();
    }

    public Optional<Span> root(TraceId traceId) {
        return spans(traceId).stream().filter(Span::isRoot).min(BY_START);
    }

    public Optional<TraceSummary> summary(TraceId traceId) {
        Collection<Span> spans = spans(traceId);
        boolean failed = spans.stream().anyMatch(span -> span.status() == SpanStatus.ERROR);
        return root(traceId)
                .map(root -> new TraceSummary(
                        traceId,
                        root.service(),
                        root.operation(),
                        root.startTimeNanos(),
                        root.endTimeNanos(),
                        spans.size(),
                        failed ? SpanStatus.ERROR : SpanStatus.OK));
    }

    public TracePage list(TraceQuery query, long visibleFromNanos) {
        List<TraceSummary> matching = traces.keySet().stream()
                .flatMap(id -> summary(id).stream())
                .filter(trace -> trace.startTimeNanos() >= Math.max(visibleFromNanos, query.firstNanos())
                        && trace.startTimeNanos() <= query.lastNanos())
                .sorted(TraceSummary.NEWEST_FIRST)
                .toList();
        return new TracePage(matching.subList(0, Math.min(query.limit(), matching.size())), matching.size());
    }

    /** All that pass a filter, newest first; whether a trace has closed is not known here. */
    public List<TraceSummary> search(TraceFilter filter) {
        return traces.keySet().stream()
                .filter(id -> hasSpans(filter, spans(id)))
                .flatMap(id -> summary(id).stream())
                .filter(filter::matches)
                .sorted(TraceSummary.NEWEST_FIRST)
                .toList();
    }

    private static boolean hasSpans(TraceFilter filter, Collection<Span> spans) {
        boolean hasService = filter.service() == null
                || spans.stream().anyMatch(span -> filter.service().equals(span.service()));
        boolean hasOperation = filter.operation() == null
                || spans.stream()
                        .filter(span ->
                                filter.service() == null || filter.service().equals(span.service()))
                        .anyMatch(span -> filter.operation().equals(span.operation()));
        boolean hasTags = filter.tags().stream().allMatch(tag -> spans.stream()
                .anyMatch(span -> tag.key().equals("service.name")
                        ? tag.value().equals(span.service())
                        : span.tags() != null && tag.value().equals(span.tags().get(tag.key()))));
        return hasService && hasOperation && hasTags;
    }

    /** What the detail shows, in order; nothing if the trace is not visible. */
    public List<Span> detail(TraceId traceId, long visibleFromNanos) {
        Collection<Span> spans = spans(traceId);
        long visibleBy = root(traceId)
                .map(Span::startTimeNanos)
                .orElseGet(() ->
                        spans.stream().mapToLong(Span::startTimeNanos).max().orElse(Long.MIN_VALUE));
        return visibleBy < visibleFromNanos
                ? List.of()
                : spans.stream().sorted(BY_START).toList();
    }

    /** What a detail shows of the values a store keeps of a trace. */
    public static List<Span> shown(List<byte[]> values) {
        Map<SpanId, Span> latest = new HashMap<>();
        values.forEach(value -> SpanDecoder.decode(value).forEach(span -> latest.put(span.spanId(), span)));
        return latest.values().stream().sorted(BY_START).toList();
    }

    private Collection<Span> spans(TraceId traceId) {
        return traces.getOrDefault(traceId, Map.of()).values();
    }
}
