package dev.traced.assembler.store;

import dev.traced.assembler.trace.TermSet;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the traces of a partition can be filtered by, in heap, by the second in which their roots start. It follows from the
 * rows of the list and is made anew whenever the store becomes active. Of the newest traces only, if there is not enough
 * memory: older ones are then looked for in the rows, which takes longer and finds the same. Not thread-safe.
 */
final class SearchIndex {
    private static final int BUCKET_BITS = 30;

    /** By then a second that just passes has most of its traces: turning it into postings twice would cost twice. */
    private static final long SEAL_AFTER_MS = 3_000;

    /** What starts later gives way to everything else. */
    private static final long AHEAD_MS = TimeUnit.HOURS.toMillis(1);

    private final SearchBudget budget;
    private final NavigableMap<Long, SearchBucket> buckets = new TreeMap<>();

    /** Buckets worth sealing, and since when. */
    private final Map<Long, Long> worthSealing = new LinkedHashMap<>();

    /** The wall clock when sealing was last asked for. */
    private long nowMs;

    private long bytes;
    private long coversFromSlot = Long.MIN_VALUE;
    private long coversToSlot = Long.MAX_VALUE;

    SearchIndex(SearchBudget budget) {
        this.budget = budget;
    }

    /** @param now the wall clock, Unix milliseconds */
    void clear(long now) {
        nowMs = now;
        buckets.clear();
        worthSealing.clear();
        budget.use(-bytes);
        bytes = 0;
        coversFromSlot = Long.MIN_VALUE;
        coversToSlot = Long.MAX_VALUE;
    }

    /** The trace is listed like this now. */
    void put(TraceSummary trace, TermSet terms) {
        long slot = trace.startTimeNanos() >> BUCKET_BITS;
        if (slot < coversFromSlot || slot > coversToSlot) {
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
        if (bucket.isWorthSealing()) {
            worthSealing.putIfAbsent(slot, nowMs);
        }
        while (budget.isSpent() && (buckets.size() > 1 || budget.isLarge(bytes))) {
            dropBucket();
        }
    }

    /** Lets go of what is asked for least: what is dated far ahead, or else the oldest. */
    private void dropBucket() {
        boolean isAhead = buckets.lastKey() > slotAhead(AHEAD_MS);
        Map.Entry<Long, SearchBucket> dropped = isAhead ? buckets.pollLastEntry() : buckets.pollFirstEntry();
        used(-dropped.getValue().bytes());
        if (isAhead) {
            coversToSlot = dropped.getKey() - 1;
        } else {
            coversFromSlot = dropped.getKey() + 1;
        }
    }

    private long slotAhead(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(nowMs + ms) >> BUCKET_BITS;
    }

    /** Whether the time comes that the index does not cover because it was far ahead: then {@link #coverNext}. */
    boolean isToCoverNext() {
        return coversToSlot < slotAhead(AHEAD_MS / 2);
    }

    /**
     * Covers a second more. To be followed by a {@link #put} of all that starts in it.
     *
     * @return when it begins and ends, both inclusive, Unix nanoseconds
     */
    StartCounts.Edge coverNext() {
        coversToSlot++;
        return new StartCounts.Edge(coversToSlot << BUCKET_BITS, ((coversToSlot + 1) << BUCKET_BITS) - 1);
    }

    /** The trace has closed; nothing else of it is new. */
    void complete(long startNanos, TraceId traceId, boolean isComplete) {
        SearchBucket bucket = buckets.get(startNanos >> BUCKET_BITS);
        if (bucket != null) {
            bucket.complete(traceId, isComplete);
        }
    }

    /**
     * Seals a bucket that has been worth it for a while.
     *
     * @param now the wall clock, Unix milliseconds
     * @return whether there was one
     */
    boolean sealNext(long now) {
        nowMs = now;
        Iterator<Map.Entry<Long, Long>> oldest = worthSealing.entrySet().iterator();
        if (!oldest.hasNext()) {
            return false;
        }
        Map.Entry<Long, Long> first = oldest.next();
        if (now - first.getValue() < SEAL_AFTER_MS) {
            return false;
        }
        oldest.remove();
        seal(first.getKey());
        return true;
    }

    /** Seals every bucket that is worth it. */
    void sealAll() {
        worthSealing.keySet().forEach(this::seal);
        worthSealing.clear();
    }

    private void seal(long slot) {
        SearchBucket bucket = buckets.get(slot);
        if (bucket != null && bucket.isWorthSealing()) {
            long before = bucket.bytes();
            bucket.seal();
            used(bucket.bytes() - before);
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

    /** Everything that starts at this time or later, up to {@link #coversToNanos}, is in the index. */
    long coversFromNanos() {
        return coversFromSlot == Long.MIN_VALUE ? Long.MIN_VALUE : coversFromSlot << BUCKET_BITS;
    }

    /** Everything that starts from {@link #coversFromNanos} to this time is in the index. */
    long coversToNanos() {
        return coversToSlot == Long.MAX_VALUE ? Long.MAX_VALUE : ((coversToSlot + 1) << BUCKET_BITS) - 1;
    }

    /**
     * Finds all that meet a condition.
     *
     * @param selection a further condition that is told of each; null for none
     * @return those of which only their spans can tell; the collector is not told of them
     */
    List<SearchCollector.Indexed> search(
            Condition condition, @Nullable Condition selection, SearchCollector collector) {
        List<SearchCollector.Indexed> unsure = new ArrayList<>();
        long firstSlot = condition.times().firstNanos() >> BUCKET_BITS;
        long lastSlot = condition.times().lastNanos() >> BUCKET_BITS;
        if (firstSlot > lastSlot) {
            return unsure;
        }
        boolean asksForTerms = condition.hasTerms() || (selection != null && selection.hasTerms());
        BitSet selected = new BitSet();
        for (SearchBucket bucket :
                buckets.subMap(firstSlot, true, lastSlot, true).descendingMap().values()) {
            if (selection != null) {
                selected.clear();
                bucket.forEach(selection, selected::set);
            }
            bucket.forEach(condition, ordinal -> {
                if (asksForTerms && bucket.hasManyTerms(ordinal)) {
                    unsure.add(bucket.indexed(ordinal));
                } else {
                    collector.indexed(bucket, ordinal, selected.get(ordinal));
                }
            });
            collector.endOfSecond();
        }
        return unsure;
    }
}
