package dev.traced.testing.verify;

import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.ListedTrace;
import dev.traced.testing.verify.wire.ListedTraces;
import dev.traced.testing.verify.wire.WireSpan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The right answers, by brute force from the spans in the order of their arrival. Immutable.
 *
 * <p>Spans of which nobody knows whether they were stored (no answer, 503) have no place here: whoever posts them repeats
 * the request until it is acknowledged.
 */
public final class Oracle {

    private static final Comparator<ListedTrace> NEWEST_FIRST =
            Comparator.comparingLong(ListedTrace::startTimeNanos).reversed().thenComparing(ListedTrace::traceId);

    private final Visibility visibility;
    private final Map<String, TraceState> traces;
    private final List<ListedTrace> newestFirst;

    private Oracle(Visibility visibility, Map<String, TraceState> traces) {
        this.visibility = visibility;
        this.traces = traces;
        this.newestFirst = traces.values().stream()
                .flatMap(trace -> trace.listed().stream())
                .sorted(NEWEST_FIRST)
                .toList();
    }

    public static Oracle of(List<WireSpan> arrivals, Visibility visibility) {
        Map<String, TraceState> traces = new HashMap<>();
        for (WireSpan span : arrivals) {
            traces.computeIfAbsent(span.traceId(), id -> new TraceState()).arrive(span);
        }
        return new Oracle(visibility, traces);
    }

    /** Every trace that ever arrived, visible or not, with a root or not. */
    public Set<String> traceIds() {
        return Collections.unmodifiableSet(traces.keySet());
    }

    /** All rows of the list at this time. */
    public List<ListedTrace> listed(long nowNanos) {
        return matching(new ListQuery(null, null, null), nowNanos);
    }

    public ListedTraces list(ListQuery query, long nowNanos) {
        List<ListedTrace> matching = matching(query, nowNanos);
        List<ListedTrace> page = matching.subList(0, Math.min(matching.size(), query.effectiveLimit()));
        return new ListedTraces(page, matching.size());
    }

    /** Empty where the answer is 404. */
    public Optional<List<WireSpan>> detail(String traceId, long nowNanos) {
        return Optional.ofNullable(traces.get(traceId))
                .filter(trace -> trace.visibleBy() >= visibility.oldestVisible(nowNanos))
                .map(TraceState::detail);
    }

    private List<ListedTrace> matching(ListQuery query, long nowNanos) {
        Long after = query.after();
        Long before = query.before();
        long oldest = visibility.oldestVisible(nowNanos);
        int from = before == null ? 0 : firstBelow(before);
        int to = firstBelow(after == null ? oldest : Math.max(oldest, after));
        return new ArrayList<>(newestFirst.subList(Math.min(from, to), to));
    }

    /** The index of the first row that starts earlier than this. */
    private int firstBelow(long startTimeNanos) {
        int low = 0;
        int high = newestFirst.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (newestFirst.get(middle).startTimeNanos() < startTimeNanos) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
