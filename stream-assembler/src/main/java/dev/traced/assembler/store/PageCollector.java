package dev.traced.assembler.store;

import dev.traced.model.TraceCursor;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import java.util.ArrayList;
import java.util.List;

/** Counts what is found, and keeps a page of it. */
final class PageCollector implements SearchCollector {
    private final TraceQuery query;
    private final List<TraceSummary> page = new ArrayList<>();

    /** Of the index, for the page: from the newest on, but for those that were confirmed. */
    private final List<TraceCursor> found = new ArrayList<>();

    private final List<TraceCursor> ofSecond = new ArrayList<>();
    private boolean isOrdered = true;
    private long total;

    PageCollector(TraceQuery query) {
        this.query = query;
    }

    @Override
    public void indexed(SearchBucket bucket, int ordinal, boolean isSelected) {
        total++;
        if (found.size() < query.limit()) {
            ofSecond.add(new TraceCursor(bucket.starts[ordinal], bucket.id(ordinal)));
        }
    }

    @Override
    public void endOfSecond() {
        ofSecond.sort(TraceCursor.NEWEST_FIRST);
        for (TraceCursor trace : ofSecond) {
            if (found.size() < query.limit() && trace.isBehind(query.cursor())) {
                found.add(trace);
            }
        }
        ofSecond.clear();
    }

    @Override
    public void confirmed(Indexed trace, boolean isSelected) {
        total++;
        TraceCursor cursor = new TraceCursor(trace.startNanos(), trace.traceId());
        if (cursor.isBehind(query.cursor())) {
            found.add(cursor);
            isOrdered = false;
        }
    }

    @Override
    public void endOfIndex(RowReader rows) {
        if (!isOrdered) {
            found.sort(TraceCursor.NEWEST_FIRST);
        }
        for (int i = 0; i < found.size() && page.size() < query.limit(); i++) {
            byte[] key = Rows.root(found.get(i).startNanos(), found.get(i).traceId());
            byte[] row = rows.get(key);
            if (row != null) {
                page.add(Listing.line(rows, key, row));
            }
        }
    }

    @Override
    public boolean wantsLine(TraceSummary open) {
        return page.size() < query.limit() && TraceCursor.behind(open).isBehind(query.cursor());
    }

    @Override
    public void listed(TraceSummary trace, boolean isSelected) {
        total++;
        if (wantsLine(trace)) {
            page.add(trace);
        }
    }

    TracePage page() {
        return new TracePage(page, total);
    }
}
