package dev.traced.assembler.store;

import dev.traced.assembler.trace.SummaryRow;
import dev.traced.assembler.trace.TermSet;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.topics.Terms;
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

    /** Looks at the spans of a trace that has more terms than its line can hold. */
    interface Spans {
        boolean have(RocksRows.View view, TraceId traceId, long[] wanted);
    }

    /** @param deadlineNanos of {@link System#nanoTime} */
    TraceSearch(TraceQuery query, RocksRows.View view, Spans spans, long deadlineNanos) {
        this.query = query;
        this.view = view;
        this.spans = spans;
        this.deadlineNanos = deadlineNanos;
        this.wanted = Terms.of(query.filter());
    }

    /**
     * All roots that start between two times, both inclusive.
     *
     * @throws InvalidStateStoreException if it takes too long
     */
    TracePage run(long first, long last) {
        if (first > last) {
            return new TracePage(List.of(), 0);
        }
        try (RocksIterator row = view.iteratorFrom(Rows.rootsFrom(last))) {
            for (int i = 1; TraceStore.isRootSince(row, first); row.next(), i++) {
                look(row.key(), row.value());
                if (i % CHECK_TIME_EVERY == 0 && System.nanoTime() - deadlineNanos > 0) {
                    throw new InvalidStateStoreException(
                            "the search takes too long: narrow it down with after and before");
                }
            }
        }
        return new TracePage(page, total);
    }

    private void look(byte[] key, byte[] value) {
        TermSet.Presence presence = SummaryRow.find(value, wanted);
        if (presence == TermSet.Presence.ABSENT) {
            return;
        }
        TraceSummary trace = SummaryRow.decode(Rows.traceOfRoot(key), Rows.startOf(key), value);
        if (!query.filter().matches(trace)) {
            return;
        }
        if (presence == TermSet.Presence.UNKNOWN && wanted.length > 0 && !spans.have(view, trace.traceId(), wanted)) {
            return;
        }
        total++;
        TraceCursor cursor = query.cursor();
        if (page.size() < query.limit() && (cursor == null || isBehind(trace, cursor))) {
            page.add(trace);
        }
    }

    private static boolean isBehind(TraceSummary trace, TraceCursor cursor) {
        return trace.startTimeNanos() < cursor.startNanos()
                || (trace.startTimeNanos() == cursor.startNanos()
                        && trace.traceId().compareTo(cursor.traceId()) > 0);
    }
}
