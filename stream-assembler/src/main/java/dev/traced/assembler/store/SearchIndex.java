package dev.traced.assembler.store;

import dev.traced.assembler.trace.TermSet;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the traces of a partition can be filtered by, in heap, by the second in which their roots start. It follows from the
 * rows of the list and is made anew whenever the store becomes active. Of the newest traces only, if there is not enough
 * memory: older ones are then looked for in the rows, which takes longer and finds the same. Not thread-safe.
 */
final class SearchIndex {
    private static final int BUCKET_BITS = 30;

    private final SearchBudget budget;
    private final NavigableMap<Long, SearchBucket> buckets = new TreeMap<>();
    private long bytes;
    private long coversFromSlot = Long.MIN_VALUE;

    SearchIndex(SearchBudget budget) {
        this.budget = budget;
    }

    void clear() {
        buckets.clear();
        budget.use(-bytes);
        bytes = 0;
        coversFromSlot = Long.MIN_VALUE;
    }

    /** The trace is listed like this now. */
    void put(TraceSummary trace, TermSet terms) {
        long slot = trace.startTimeNanos() >> BUCKET_BITS;
        if (slot < coversFromSlot) {
            return;
        }
        SearchBucket bucket = buckets.get(slot);
        long before = 0;
        if (bucket == null) {
            bucket = new SearchBucket();
            buckets.put(slot, bucket);
        } else {
            before = bucket.bytes();
        }
        bucket.put(trace, terms);
        used(bucket.bytes() - before);
        while (budget.isSpent() && buckets.size() > 1) {
            Map.Entry<Long, SearchBucket> oldest = buckets.pollFirstEntry();
            used(-oldest.getValue().bytes());
            coversFromSlot = oldest.getKey() + 1;
        }
    }

    /** The trace is not listed at this start any more. */
    void remove(long startNanos, TraceId traceId) {
        long slot = startNanos >> BUCKET_BITS;
        SearchBucket bucket = buckets.get(slot);
        if (bucket == null) {
            return;
        }
        bucket.remove(traceId);
        if (bucket.live == 0) {
            buckets.remove(slot);
            used(-bucket.bytes());
        }
    }

    private void used(long more) {
        if (more != 0) {
            bytes += more;
            budget.use(more);
        }
    }

    /** Everything that starts at this time or later is in the index. */
    long coversFromNanos() {
        return coversFromSlot == Long.MIN_VALUE ? Long.MIN_VALUE : coversFromSlot << BUCKET_BITS;
    }

    /**
     * What was found.
     *
     * @param traces of the page, newest first
     * @param unsure traces of which only their spans can tell; they are not in the total, nor on the page
     */
    record Found(long total, List<TraceCursor> traces, List<TraceCursor> unsure) {}

    /** All that pass a filter and start between two times, both inclusive. */
    Found search(TraceQuery query, long[] wanted, long firstNanos, long lastNanos) {
        TraceFilter filter = query.filter();
        byte must = (byte) (SearchBucket.LIVE
                | (filter.status() == SpanStatus.ERROR ? SearchBucket.ERROR : 0)
                | (Boolean.TRUE.equals(filter.complete()) ? SearchBucket.COMPLETE : 0));
        byte mustNot = (byte) ((filter.status() == SpanStatus.OK ? SearchBucket.ERROR : 0)
                | (Boolean.FALSE.equals(filter.complete()) ? SearchBucket.COMPLETE : 0));
        long total = 0;
        List<TraceCursor> page = new ArrayList<>();
        List<TraceCursor> unsure = new ArrayList<>();
        for (SearchBucket bucket : buckets.subMap(firstNanos >> BUCKET_BITS, true, lastNanos >> BUCKET_BITS, true)
                .descendingMap()
                .values()) {
            boolean hasRoom = page.size() < query.limit();
            List<TraceCursor> candidates = new ArrayList<>(0);
            for (int i = 0; i < bucket.count; i++) {
                int flags = bucket.flags[i];
                if ((flags & must) != must
                        || (flags & mustNot) != 0
                        || bucket.durationsMs[i] < filter.minDurationMs()
                        || bucket.durationsMs[i] > filter.maxDurationMs()
                        || bucket.starts[i] < firstNanos
                        || bucket.starts[i] > lastNanos) {
                    continue;
                }
                if (wanted.length > 0 && (flags & SearchBucket.MANY_TERMS) != 0) {
                    unsure.add(new TraceCursor(bucket.starts[i], bucket.id(i)));
                } else if (bucket.has(i, wanted)) {
                    total++;
                    if (hasRoom) {
                        candidates.add(new TraceCursor(bucket.starts[i], bucket.id(i)));
                    }
                }
            }
            candidates.sort(TraceCursor.NEWEST_FIRST);
            for (TraceCursor candidate : candidates) {
                if (page.size() < query.limit() && candidate.isBehind(query.cursor())) {
                    page.add(candidate);
                }
            }
        }
        return new Found(total, page, unsure);
    }
}
