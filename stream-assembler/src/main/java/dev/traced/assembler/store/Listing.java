package dev.traced.assembler.store;

import dev.traced.assembler.locks.WriterLock;
import dev.traced.assembler.sampling.AskedTerms;
import dev.traced.assembler.trace.Closing;
import dev.traced.assembler.trace.SummaryRow;
import dev.traced.assembler.trace.TermSet;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.CompareQuery;
import dev.traced.model.OverviewQuery;
import dev.traced.model.RollingWindow;
import dev.traced.model.StartRange;
import dev.traced.model.TimeSteps;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceId;
import dev.traced.model.TraceOverview;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.model.TraitSample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/**
 * Which traces are listed: how many start when, and what they can be searched by, in heap, over the rows of the list. The
 * stream thread changes rows and heap in one under a lock; query threads take it only to add up counts, to search the index
 * and to take a view of the rows, so that a page and its total agree, and read outside of it.
 */
final class Listing {
    private static final int ACTIVATED_AT_ONCE = 10_000;

    /** In a trace of more spans one that came twice is found by what it was before, too: to tell takes memory for each. */
    private static final int MAX_REPLACED = 250_000;

    private final RocksRows rows;
    private final Chunks chunks;
    private final RollingWindow window;
    private final SearchBudget searchBudget;
    private final StartCounts roots = new StartCounts();
    private final SearchIndex index;

    /** The stream thread writes; queries read for as long as it takes to search the index. */
    private final WriterLock lock = new WriterLock();

    Listing(RocksRows rows, RollingWindow window, SearchBudget searchBudget) {
        this.rows = rows;
        this.chunks = new Chunks(rows);
        this.window = window;
        this.searchBudget = searchBudget;
        this.index = new SearchIndex(searchBudget);
    }

    /** Changes rows, and what follows from them here. */
    interface Change {
        void make(StartCounts roots, SearchIndex index);
    }

    /** Makes a change that no query sees a part of. */
    void change(Change change) {
        lock.lock();
        try {
            change.make(roots, index);
        } finally {
            lock.unlock();
        }
    }

    /** Forgets what is in heap. A query that began before may be searching. */
    void clear() {
        change((counts, searched) -> {
            counts.clear();
            searched.clear(0);
        });
    }

    /**
     * Reads what is in heap from the rows.
     *
     * @param nowMs the wall clock
     */
    void activate(long nowMs) {
        change((counts, searched) -> read(nowMs)); // a query that began before may still be there
    }

    private void read(long nowMs) {
        index.clear(nowMs);
        try (RocksIterator row = rows.iteratorFrom(Rows.rootsFrom(Long.MAX_VALUE))) {
            for (; row.isValid() && row.key()[0] == Rows.ROOT; row.next()) {
                byte[] key = row.key();
                byte[] value = row.value();
                roots.add(Rows.startOf(key));
                TraceSummary open = SummaryRow.decode(Rows.traceOfRoot(key), Rows.startOf(key), value, null);
                index.put(open, termsOf(key, value));
                if (roots.total() % ACTIVATED_AT_ONCE == 0) {
                    index.sealAll();
                }
            }
        }
        index.sealAll();
        indexClosings();
    }

    private void indexClosings() {
        ClosedHeads.forEach(rows, (traceId, head, last) -> {
            TraceHead.Root root = head.root();
            if (root != null && last.isOf(head) && last.shape().isComplete()) {
                index.complete(root.startTimeNanos(), traceId, true);
            }
            return true;
        });
    }

    private TermSet termsOf(byte[] rootKey, byte[] line) {
        TermSet terms = SummaryRow.terms(line);
        TraceId traceId = Rows.traceOfRoot(rootKey);
        TraceHead head = terms.isMissing() ? rows.head(traceId) : null;
        TraceSummary summary = head == null ? null : head.summary(traceId);
        if (head != null && summary != null) { // restored without
            terms = chunks.terms(traceId, head, null, Chunks.MAX_LOOK_ONCE);
            rows.putLocally(rootKey, SummaryRow.encode(summary, head.lastOffset(), terms));
        }
        return terms;
    }

    /** See {@link TraceStore#terms}. */
    @Nullable
    TermSet terms(long rootStartNanos, TraceId traceId) {
        byte[] line = rows.get(Rows.root(rootStartNanos, traceId));
        return line == null ? null : SummaryRow.terms(line);
    }

    /** See {@link TraceStore#sealIndex}. */
    void sealIndex(long nowMs, long untilNanos) {
        boolean hasMore = true;
        while (hasMore && System.nanoTime() - untilNanos < 0) {
            lock.lock();
            try {
                hasMore = index.sealNext(nowMs) || coverNext();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Puts a second into the index that is no longer far ahead. */
    private boolean coverNext() {
        if (!index.isToCoverNext()) {
            return false;
        }
        StartCounts.Edge next = index.coverNext();
        try (RocksIterator row = rows.iteratorFrom(Rows.rootsFrom(next.last()))) {
            for (; isRootSince(row, next.first()); row.next()) {
                byte[] key = row.key();
                index.put(line(rows, key, row.value()), termsOf(key, row.value()));
            }
        }
        return true;
    }

    long count() {
        lock.lock();
        try {
            return roots.total();
        } finally {
            lock.unlock();
        }
    }

    /** A page of the list, and how many traces are on all pages. */
    TracePage page(TraceQuery query, long deadlineNanos) throws InterruptedException {
        StartRange times = visible(new StartRange(query.firstNanos(), query.lastNanos()), query.nowNanos());
        if (query.filter().isAny()) {
            return pageOfAll(query, times.firstNanos(), times.lastNanos(), deadlineNanos);
        }
        PageCollector collector = new PageCollector(query);
        Condition condition = new Condition(query.filter(), times);
        TraceSearch search = new TraceSearch(condition, null, collector, Listing::hasTerms, deadlineNanos);
        return search(search, deadlineNanos, view -> {
            runOrScan(search, view, deadlineNanos);
            return collector.page();
        });
    }

    /** How many traces start when and how long they take. */
    TraceOverview overview(OverviewQuery query, long deadlineNanos) throws InterruptedException {
        TimeSteps times = query.times(window);
        OverviewCollector collector = new OverviewCollector(times);
        Condition condition = new Condition(query.filter(), new StartRange(times.afterNanos(), query.lastNanos()));
        TraceSearch search = new TraceSearch(condition, null, collector, Listing::hasTerms, deadlineNanos);
        return search(search, deadlineNanos, view -> {
            runOrScan(search, view, deadlineNanos);
            return collector.overview();
        });
    }

    /**
     * In what the traces that are selected differ from the rest.
     *
     * @param most so many traces of each are looked into
     */
    TraitSample compare(CompareQuery query, int most, long deadlineNanos) throws InterruptedException {
        SampleCollector collector = new SampleCollector(most);
        Condition condition = new Condition(query.filter(), visible(query.times(), query.nowNanos()));
        Condition selection = new Condition(query.selected(), query.selectedTimes());
        TraceSearch search = new TraceSearch(condition, selection, collector, Listing::hasTerms, deadlineNanos);
        return search(search, deadlineNanos, view -> {
            beginScan(deadlineNanos);
            try {
                search.run(view);
                return new TraitCounter(view, deadlineNanos).count(collector, most);
            } finally {
                searchBudget.endScan();
            }
        });
    }

    private StartRange visible(StartRange times, long nowNanos) {
        return times.from(window.visibleFrom(nowNanos));
    }

    private interface Answer<R> {
        R of(RocksRows.View view) throws InterruptedException;
    }

    /** Looks into the index, and then answers from the rows as they were meanwhile. */
    private <R> R search(TraceSearch search, long deadlineNanos, Answer<R> answer) throws InterruptedException {
        beginRead(deadlineNanos);
        RocksRows.View view;
        try {
            search.lookInto(index);
            view = rows.new View();
        } finally {
            lock.endRead();
        }
        try (view) {
            return answer.of(view);
        }
    }

    private void runOrScan(TraceSearch search, RocksRows.View view, long deadlineNanos) throws InterruptedException {
        if (!search.isScan()) {
            search.run(view);
            return;
        }
        beginScan(deadlineNanos);
        try {
            search.run(view);
        } finally {
            searchBudget.endScan();
        }
    }

    /** Before going through rows, which may take long: only so many at a time, or they would take all processors. */
    private void beginScan(long deadlineNanos) throws InterruptedException {
        if (!searchBudget.beginScan(deadlineNanos)) {
            throw new InvalidStateStoreException(
                    "too many searches go through rows: narrow them down with after and before");
        }
    }

    private void beginRead(long deadlineNanos) throws InterruptedException {
        if (!lock.beginRead(deadlineNanos)) {
            throw new InvalidStateStoreException("the store is busy");
        }
    }

    private TracePage pageOfAll(TraceQuery query, long first, long last, long deadlineNanos)
            throws InterruptedException {
        beginRead(deadlineNanos);
        StartCounts.Count count;
        RocksRows.View view;
        try {
            count = roots.between(first, last);
            view = rows.new View();
        } finally {
            lock.endRead();
        }
        try (view) {
            long total = count.known();
            for (StartCounts.Edge edge : count.edges()) {
                total += countRoots(view, edge.first(), edge.last());
            }
            return new TracePage(newest(view, first, last, query), total);
        }
    }

    /** Looks at the spans of a trace, record by record: it may be larger than the memory. */
    private static boolean hasTerms(RocksRows.View view, TraceId traceId, long[] wanted, long deadlineNanos) {
        TraceHead head = view.head(traceId);
        if (head == null) {
            return false;
        }
        AskedTerms terms = new AskedTerms(wanted, head.spanCount() <= MAX_REPLACED);
        Chunks ofTrace = new Chunks(view);
        for (byte[] key : ofTrace.keys(traceId, head)) {
            TraceSearch.requireTime(deadlineNanos);
            byte[] value = ofTrace.value(key);
            if (value != null) {
                terms.add(value);
            }
        }
        return terms.hasAll();
    }

    /** A line of the list. */
    static TraceSummary line(RowReader rows, byte[] rootKey, byte[] value) {
        TraceId traceId = Rows.traceOfRoot(rootKey);
        byte[] closing = rows.get(Rows.closing(traceId));
        return SummaryRow.decode(
                traceId, Rows.startOf(rootKey), value, closing == null ? null : Closing.decode(closing));
    }

    private static long countRoots(RocksRows.View view, long first, long last) {
        long count = 0;
        try (RocksIterator row = view.iteratorFrom(Rows.rootsFrom(last))) {
            for (; isRootSince(row, first); row.next()) {
                count++;
            }
        }
        return count;
    }

    private static List<TraceSummary> newest(RocksRows.View view, long first, long last, TraceQuery query) {
        List<TraceSummary> page = new ArrayList<>(Math.min(query.limit(), 64));
        if (first > last) {
            return page;
        }
        TraceCursor cursor = query.cursor();
        byte[] from = cursor == null || cursor.startNanos() > last
                ? Rows.rootsFrom(last)
                : Rows.root(cursor.startNanos(), cursor.traceId());
        try (RocksIterator row = view.iteratorFrom(from)) {
            for (; page.size() < query.limit() && isRootSince(row, first); row.next()) {
                byte[] key = row.key();
                if (cursor == null || !Arrays.equals(key, from)) {
                    page.add(line(view, key, row.value()));
                }
            }
        }
        return page;
    }

    static boolean isRootSince(RocksIterator row, long first) {
        if (!row.isValid()) {
            return false;
        }
        byte[] key = row.key();
        return key[0] == Rows.ROOT && Rows.startOf(key) >= first;
    }
}
