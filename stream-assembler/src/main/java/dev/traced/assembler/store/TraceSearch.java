package dev.traced.assembler.store;

import dev.traced.assembler.trace.SummaryRow;
import dev.traced.assembler.trace.TermSet;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.rocksdb.RocksIterator;

/** Goes through the lines of the list, counts those that pass a filter and keeps a page of them. */
final class TraceSearch {
    private static final int CHECK_TIME_EVERY = 1_024;

    private final TraceQuery query;
    private final RocksRows.View view;
    private final Spans spans;
    private final long deadlineNanos;
    private final long[] wanted;
    private final List<TraceSummary> page = new ArrayList<>();
    private long total;

    /** Looks at the spans of a trace that has more terms than its line can hold; throws if there is no time left. */
    interface Spans {
        boolean have(RocksRows.View view, TraceId traceId, long[] wanted, long deadlineNanos);
    }

    /**
     * @param wanted the terms of the filter
     * @param deadlineNanos of {@link System#nanoTime}
     */
    TraceSearch(TraceQuery query, long[] wanted, RocksRows.View view, Spans spans, long deadlineNanos) {
        this.query = query;
        this.view = view;
        this.spans = spans;
        this.deadlineNanos = deadlineNanos;
        this.wanted = wanted;
    }

    /**
     * All that start between two times, both inclusive: what the index found, and what it does not cover.
     *
     * @param found what starts from {@code coversFrom} to {@code coversTo}, both inclusive
     * @throws InvalidStateStoreException if it takes too long
     */
    TracePage run(SearchIndex.Found found, long coversFrom, long coversTo, long first, long last) {
        if (last > coversTo) {
            scan(Math.max(first, coversTo + 1), last);
        }
        total += found.total();
        if (found.unsure().isEmpty()) {
            found.traces().forEach(this::addToPage);
        } else {
            List<TraceCursor> merged = new ArrayList<>(found.traces());
            for (TraceCursor unsure : found.unsure()) {
                if (spans.have(view, unsure.traceId(), wanted, deadlineNanos)) {
                    total++;
                    if (unsure.isBehind(query.cursor())) {
                        merged.add(unsure);
                    }
                }
            }
            merged.sort(TraceCursor.NEWEST_FIRST);
            merged.stream().limit(query.limit()).forEach(this::addToPage);
        }
        if (first < coversFrom) {
            scan(first, Math.min(last, coversFrom - 1));
        }
        return new TracePage(page, total);
    }

    private void addToPage(TraceCursor trace) {
        byte[] key = Rows.root(trace.startNanos(), trace.traceId());
        byte[] row = page.size() < query.limit() ? view.get(key) : null;
        if (row != null) {
            page.add(Listing.line(view, key, row));
        }
    }

    private void scan(long first, long last) {
        if (first > last) {
            return;
        }
        try (RocksIterator row = view.iteratorFrom(Rows.rootsFrom(last))) {
            for (int i = 1; Listing.isRootSince(row, first); row.next(), i++) {
                look(row.key(), row.value());
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

    private void look(byte[] key, byte[] value) {
        TermSet.Presence presence = SummaryRow.find(value, wanted);
        if (presence == TermSet.Presence.ABSENT) {
            return;
        }
        TraceFilter filter = query.filter();
        TraceSummary open = SummaryRow.decode(Rows.traceOfRoot(key), Rows.startOf(key), value, null);
        if (!filter.matches(open.status(), open.durationMs())) {
            return;
        }
        boolean isOnPage =
                page.size() < query.limit() && TraceCursor.behind(open).isBehind(query.cursor());
        // Whether it has closed is another row to read, and most of the time nobody asks.
        TraceSummary trace = isOnPage || filter.complete() != null ? Listing.line(view, key, value) : open;
        if (!filter.matches(trace)) {
            return;
        }
        if (presence == TermSet.Presence.UNKNOWN
                && wanted.length > 0
                && !spans.have(view, trace.traceId(), wanted, deadlineNanos)) {
            return;
        }
        total++;
        if (isOnPage) {
            page.add(trace);
        }
    }
}
