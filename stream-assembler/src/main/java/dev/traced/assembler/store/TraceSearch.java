package dev.traced.assembler.store;

import dev.traced.assembler.trace.SummaryRow;
import dev.traced.assembler.trace.TermSet;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/**
 * Finds the traces that meet a condition: in the index first, while the writer waits, and then
 * in a view of the rows what the index does not cover. Not thread-safe.
 */
final class TraceSearch {
    private static final int CHECK_TIME_EVERY = 1_024;

    private final Condition condition;
    private final Condition conditionOfOpen;
    private final @Nullable Condition selection;
    private final long first;
    private final long last;
    private final SearchCollector collector;
    private final Spans spans;
    private final long deadlineNanos;

    private long coversFrom;
    private long coversTo;
    private List<SearchCollector.Indexed> unsure = new ArrayList<>();

    /** Looks at the spans of a trace that has more terms than its line can hold; throws if there is no time left. */
    interface Spans {
        boolean have(RocksRows.View view, TraceId traceId, long[] wanted, long deadlineNanos);
    }

    /**
     * @param selection a further condition that is told of each trace that meets the first; null for none
     * @param deadlineNanos of {@link System#nanoTime}
     */
    TraceSearch(
            Condition condition,
            @Nullable Condition selection,
            SearchCollector collector,
            Spans spans,
            long deadlineNanos) {
        this.condition = condition;
        this.conditionOfOpen = condition.ofOpenTrace();
        this.selection = selection;
        this.first = condition.times().firstNanos();
        this.last = condition.times().lastNanos();
        this.collector = collector;
        this.spans = spans;
        this.deadlineNanos = deadlineNanos;
    }

    /** Looks for what the index knows; nobody must change it meanwhile. */
    void lookInto(SearchIndex index) {
        coversFrom = index.coversFromNanos();
        coversTo = index.coversToNanos();
        unsure = index.search(condition, selection, collector);
    }

    /** Whether rows must be gone through, which may take long. */
    boolean isScan() {
        return first < coversFrom || last > coversTo || !unsure.isEmpty();
    }

    /**
     * Goes through the rows as they were when the index was looked into.
     *
     * @throws InvalidStateStoreException if it takes too long
     */
    void run(RocksRows.View view) {
        if (last > coversTo) {
            scan(view, Math.max(first, coversTo + 1), last);
        }
        for (SearchCollector.Indexed trace : unsure) {
            if (has(view, trace.traceId(), condition)) {
                Condition further = selection;
                boolean isSelected = further != null
                        && further.passes(trace.startNanos(), trace.durationNanos(), trace.flags())
                        && has(view, trace.traceId(), further);
                collector.confirmed(trace, isSelected);
            }
        }
        collector.endOfIndex(view);
        if (first < coversFrom) {
            scan(view, first, Math.min(last, coversFrom - 1));
        }
    }

    private boolean has(RocksRows.View view, TraceId traceId, Condition wanted) {
        return !wanted.hasTerms() || spans.have(view, traceId, wanted.terms(), deadlineNanos);
    }

    private void scan(RocksRows.View view, long from, long to) {
        if (from > to) {
            return;
        }
        try (RocksIterator row = view.iteratorFrom(Rows.rootsFrom(to))) {
            for (int i = 1; Listing.isRootSince(row, from); row.next(), i++) {
                look(view, row.key(), row.value());
                if (i % CHECK_TIME_EVERY == 0) {
                    requireTime(deadlineNanos);
                }
            }
        }
    }

    /** @throws InvalidStateStoreException if it is too late */
    static void requireTime(long deadlineNanos) {
        if (System.nanoTime() - deadlineNanos > 0) {
            throw new InvalidStateStoreException("the search takes too long: narrow it down with after and before");
        }
    }

    private void look(RocksRows.View view, byte[] key, byte[] value) {
        TermSet.Presence presence = SummaryRow.find(value, condition.terms());
        if (presence == TermSet.Presence.ABSENT) {
            return;
        }
        TraceSummary open = SummaryRow.decode(Rows.traceOfRoot(key), Rows.startOf(key), value, null);
        if (!conditionOfOpen.passes(open)) {
            return;
        }
        // Whether it has closed is another row to read, and most of the time nobody asks.
        Condition further = selection;
        boolean asksForClosing = condition.asksForClosing() || (further != null && further.asksForClosing());
        TraceSummary trace = asksForClosing || collector.wantsLine(open) ? Listing.line(view, key, value) : open;
        if (!condition.passes(trace)
                || (presence == TermSet.Presence.UNKNOWN && !has(view, trace.traceId(), condition))) {
            return;
        }
        collector.listed(trace, further != null && isSelected(further, view, trace, value));
    }

    private boolean isSelected(Condition further, RocksRows.View view, TraceSummary trace, byte[] value) {
        if (!further.passes(trace)) {
            return false;
        }
        TermSet.Presence presence = SummaryRow.find(value, further.terms());
        return presence == TermSet.Presence.PRESENT
                || (presence == TermSet.Presence.UNKNOWN && has(view, trace.traceId(), further));
    }
}
