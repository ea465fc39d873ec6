package dev.traced.assembler.store;

import dev.traced.assembler.stats.CountedTrace;
import dev.traced.assembler.stats.ServiceStats;
import dev.traced.assembler.stats.StatsBudget;
import dev.traced.assembler.trace.Closing;
import dev.traced.assembler.trace.TermSet;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import dev.traced.model.RollingWindow;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceId;
import dev.traced.topics.KnownNames;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.FailureReason;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/**
 * The traces of one partition. What it holds is laid out in {@link Rows}; in heap it keeps only how many roots start when.
 *
 * <p>Writes go through Kafka's own logging layer to {@link RocksRows}, so that every row is in the changelog; reads go to
 * {@link RocksRows} directly. The stream thread writes. Query threads come in through {@link #query}: they take the lock
 * only to add up the counts and to take a view of the rows, so that a page and its total agree, and read outside of it.
 */
public final class TraceStore implements StateStore {
    private final RocksRows rows;
    private final Chunks chunks;
    private final KeyValueStore<Bytes, byte[]> logged;
    private final RollingWindow window;
    private final Eviction eviction;
    private final AppliedOffset applied = new AppliedOffset();
    private final AppliedOffset appliedLogs = new AppliedOffset();
    private final Listing listing;
    private final DroppedTraces dropped;
    private final StatsBudget statsBudget;
    private final Executor recounts;
    private volatile @Nullable Statistics statistics;

    private volatile boolean active;
    private volatile long appliedMs;
    private int partition;

    TraceStore(
            RocksRows rows,
            KeyValueStore<Bytes, byte[]> logged,
            RollingWindow window,
            Eviction eviction,
            SearchBudget searchBudget,
            StatsBudget statsBudget,
            Executor recounts) {
        this.statsBudget = statsBudget;
        this.recounts = recounts;
        this.rows = rows;
        this.chunks = new Chunks(rows);
        this.listing = new Listing(rows, window, searchBudget);
        this.dropped = new DroppedTraces(rows);
        this.logged = logged;
        this.window = window;
        this.eviction = eviction;
    }

    /** The bucket of what the broker appended at this time. */
    public static int bucket(long appendTimeMs) {
        return Rows.bucket(appendTimeMs);
    }

    @Override
    public String name() {
        return logged.name();
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        partition = context.taskId().partition();
        logged.init(context, root);
    }

    /**
     * To be called by the owner of an active store once it is restored: reads what it keeps in heap from the rows.
     *
     * @param nowMs the wall clock
     */
    public void activate(long nowMs) {
        listing.activate(nowMs);
        dropped.activate();
        eviction.activate();
        active = true;
    }

    /** What a listed trace can be searched by; null if it is not listed at that start. */
    public @Nullable TermSet terms(long rootStartNanos, TraceId traceId) {
        return listing.terms(rootStartNanos, traceId);
    }

    /**
     * Turns what has been in the index for a while into its smaller and faster form, and adds what is no longer far ahead,
     * until done or out of time.
     *
     * @param untilNanos when to stop, of {@link System#nanoTime}
     */
    public void sealIndex(long nowMs, long untilNanos) {
        listing.sealIndex(nowMs, untilNanos);
    }

    /** What is counted since the store became active, and whether it is all. */
    private record Statistics(ServiceStats services, Recount recount) {
        boolean mayHaveFuture() {
            return !recount.isDone() || services.hasFuture();
        }
    }

    /**
     * To be called next: begins to count the closed traces for statistics.
     *
     * @return to be told of those that close from now on
     */
    public ServiceStats countServices(long nowMs) {
        forgetServices();
        ServiceStats services = new ServiceStats(window, statsBudget, nowMs);
        Recount recount = new Recount(rows, services, window, nowMs);
        statistics = new Statistics(services, recount);
        recounts.execute(recount);
        return services;
    }

    /** From here on the store may lag behind its partition and answers nothing: what only answers need goes. */
    public void deactivate() {
        active = false;
        listing.clear();
        appliedMs = 0;
        applied.forget();
        appliedLogs.forget();
        forgetServices();
    }

    private void forgetServices() {
        Statistics last = statistics;
        if (last != null) {
            statistics = null;
            last.recount.cancel();
            last.services.close();
        }
    }

    public boolean isActive() {
        return active;
    }

    /** What is known of a trace; null if nothing. */
    public @Nullable TraceHead head(TraceId traceId) {
        return rows.head(traceId);
    }

    /** The flags of a span that is not in the trace's head; {@link TraceHead.FurtherSpans#ABSENT} if there is none. */
    public int furtherFlags(TraceId traceId, TraceHead head, long spanIdHigh, long spanIdLow) {
        byte[] row = rows.get(Rows.span(traceId, spanIdHigh, spanIdLow));
        if (row == null) {
            return TraceHead.FurtherSpans.ABSENT;
        }
        long offset = ByteBuffer.wrap(row).getLong();
        return head.owns(offset) ? row[Long.BYTES] : TraceHead.FurtherSpans.ABSENT;
    }

    /** The records of traces. */
    public Chunks chunks() {
        return chunks;
    }

    /** Unix milliseconds: every trace whose last record came before has been closed, and its event is in Kafka. */
    public long closedUpToMs() {
        byte[] row = rows.get(Rows.closed());
        return row == null ? 0 : ByteBuffer.wrap(row).getLong();
    }

    /** Notes {@link #closedUpToMs}. */
    public void closedUpTo(long ms) {
        byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(ms).array();
        put(List.of(KeyValue.pair(Bytes.wrap(Rows.closed()), value)));
    }

    /** Every trace once whose last record came at that time or later. */
    public void activeSince(long ms, BiConsumer<TraceId, TraceHead> use) {
        byte[] first = Rows.chunksFrom(Rows.bucket(ms));
        try (RocksIterator row = rows.iteratorFrom(first)) {
            TraceId last = null;
            for (; row.isValid(); row.next()) {
                TraceId trace = Rows.traceOfChunk(row.key());
                int bucket = Rows.bucketOf(row.key());
                TraceHead head = trace.equals(last) ? null : head(trace);
                last = trace;
                // In its last bucket only, since a trace may have chunks in several.
                if (head != null && head.lastActivityMs() >= ms && Rows.bucket(head.lastActivityMs()) == bucket) {
                    use.accept(trace, head);
                }
            }
        }
    }

    /** What was seen when the trace closed last, or an earlier one of its id; null if it never did. */
    public @Nullable Closing closing(TraceId traceId) {
        byte[] row = rows.get(Rows.closing(traceId));
        return row == null ? null : Closing.decode(row);
    }

    /** What statistics count of a trace as it was when it closed; null if it was too large to look at. */
    public @Nullable CountedTrace counted(TraceId traceId, TraceHead head, Closing closing, KnownNames names) {
        return chunks.counted(traceId, head, closing, names);
    }

    /** A trace that has closed. */
    public record Closed(TraceId traceId, TraceHead head, Closing closing) {}

    /** Whether tail sampling has dropped the trace of this id: then no list shows it. */
    public boolean isDropped(TraceId traceId) {
        return dropped.contains(traceId);
    }

    /** Writes that traces have closed; those that were dropped leave the list, and those that no longer are come into it. */
    public void close(List<Closed> traces) {
        List<KeyValue<Bytes, byte[]>> closings = new ArrayList<>(traces.size());
        List<ClosedTrace> changes = new ArrayList<>(traces.size());
        List<KeyValue<Bytes, byte[]>> derived = new ArrayList<>(0);
        for (Closed closed : traces) {
            closings.add(KeyValue.pair(Bytes.wrap(Rows.closing(closed.traceId)), closed.closing.encode()));
            ClosedTrace change = new ClosedTrace(closed, dropped.contains(closed.traceId), chunks);
            changes.add(change);
            derived.addAll(change.derived());
        }
        listing.change((roots, index) -> {
            rows.writeWithNext(derived);
            put(closings);
            changes.forEach(change -> change.count(roots, index, dropped));
        });
    }

    /** Writes what a record changed, all or nothing. */
    public void apply(TraceUpdate update) {
        List<KeyValue<Bytes, byte[]>> changed = update.logged();
        List<KeyValue<Bytes, byte[]>> derived = update.derived();
        eviction.hasRowsIn(update.chunkBucket());
        listing.change((roots, index) -> {
            rows.writeWithNext(derived);
            logged.putAll(changed);
            update.count(roots, index);
            if (update.dropGoes()) {
                dropped.removed();
            }
        });
    }

    /** Writes the logs of a trace that one record brought; again does no harm. */
    public void applyLogs(TraceId traceId, int bucket, long offset, byte[] value) {
        byte[] log = Rows.log(traceId, bucket, offset);
        eviction.hasRowsIn(bucket);
        rows.writeWithNext(List.of(KeyValue.pair(Bytes.wrap(Rows.logsOf(log)), Restoration.NOTHING)));
        logged.putAll(List.of(KeyValue.pair(Bytes.wrap(log), value)));
    }

    /** Every record up to and including this offset of the partition of topic {@code logs} has been applied. */
    public void appliedLogs(long offset) {
        appliedLogs.advance(offset);
    }

    /**
     * Every record up to and including this offset of the source partition has been applied.
     *
     * @param appendMs when the broker appended it, Unix milliseconds
     */
    public void applied(long offset, long appendMs) {
        appliedMs = appendMs;
        applied.advance(offset);
    }

    /** The same where the record was applied by an earlier owner, or is gone. */
    public void applied(long offset) {
        applied.advance(offset);
    }

    public long applied() {
        return applied.get();
    }

    /** Whether a query waits for records that have not been applied. */
    public boolean isAwaited() {
        return applied.isAwaited();
    }

    /** The same for topic {@code logs}. */
    public boolean areLogsAwaited() {
        return appliedLogs.isAwaited();
    }

    /** How many traces have a root, the expired ones that are not evicted yet included. */
    public long rootCount() {
        return listing.count();
    }

    /**
     * Evicts what has expired, until done or out of time.
     *
     * @param untilNanos when to stop, of {@link System#nanoTime}
     */
    public void evict(long nowMs, long untilNanos) {
        Statistics counted = statistics;
        if (counted != null) {
            counted.services.expire(nowMs);
        }
        eviction.run(this, nowMs, untilNanos);
    }

    /**
     * A trace is about to be evicted, or to be followed by another of its id, which its spans may be dated long after: no
     * slot of the statistics goes with it.
     */
    public void expires(TraceId traceId, TraceHead head) {
        Statistics counted = statistics;
        Closing closing = counted != null && counted.mayHaveFuture() ? closing(traceId) : null;
        if (counted == null || closing == null || !head.owns(closing.offset())) {
            return;
        }
        CountedTrace trace = counted(traceId, head, closing, new KnownNames());
        if (trace != null && trace.isFuture()) {
            counted.services.replace(trace, null);
        }
    }

    /** For how many buckets of ten seconds eviction is late. */
    public int evictionLate(long nowMs) {
        return eviction.late(nowMs);
    }

    /** Whether tail sampling has dropped any trace that is still here. */
    boolean hasDropped() {
        return !dropped.isEmpty();
    }

    /** Deletes the rows of expired traces, here only, with the counts that go with them. */
    void forget(List<byte[]> keys) {
        listing.change((roots, index) -> {
            rows.deleteLocally(keys);
            for (byte[] key : keys) {
                if (key[0] == Rows.ROOT) {
                    roots.remove(Rows.startOf(key));
                    index.remove(Rows.startOf(key), Rows.traceOfRoot(key));
                } else if (key[0] == Rows.DROPPED) {
                    dropped.removed();
                }
            }
        });
    }

    /** Writes rows and logs them. */
    void put(List<KeyValue<Bytes, byte[]>> changed) {
        logged.putAll(changed);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> QueryResult<R> query(Query<R> query, PositionBound bound, QueryConfig config) {
        try {
            if (query instanceof PartitionStatus) {
                return (QueryResult<R>)
                        QueryResult.forResult(new PartitionStatus.Status(active, applied.get(), appliedMs));
            }
            if (query instanceof StoreSize) {
                return (QueryResult<R>) QueryResult.forResult(rows.read(() -> rows.size(active ? rootCount() : 0)));
            }
            if (query instanceof TraceList list) {
                long offset = list.offsets().getOrDefault(partition, Long.MAX_VALUE);
                return (QueryResult<R>) answer(
                        applied, offset, list.deadlineNanos(), () -> listing.page(list.query(), list.deadlineNanos()));
            }
            if (query instanceof TraceTimes times) {
                long offset = times.offsets().getOrDefault(partition, Long.MAX_VALUE);
                return (QueryResult<R>) answer(
                        applied,
                        offset,
                        times.deadlineNanos(),
                        () -> listing.overview(times.query(), times.deadlineNanos()));
            }
            if (query instanceof TraceTraits traits) {
                long offset = traits.offsets().getOrDefault(partition, Long.MAX_VALUE);
                return (QueryResult<R>) answer(
                        applied,
                        offset,
                        traits.deadlineNanos(),
                        () -> listing.compare(traits.query(), traits.most(), traits.deadlineNanos()));
            }
            if (query instanceof TraceStats stats) {
                long offset = stats.offsets().getOrDefault(partition, Long.MAX_VALUE);
                return (QueryResult<R>) answer(
                        applied, offset, stats.deadlineNanos(), () -> stats(stats.query(), stats.deadlineNanos()));
            }
            if (query instanceof TraceSpans spans) {
                return (QueryResult<R>) answer(
                        applied, spans.offset(), spans.deadlineNanos(), () -> spans(spans.traceId(), spans.nowNanos()));
            }
            if (query instanceof TraceLogs logs) {
                return (QueryResult<R>) answer(
                        appliedLogs, logs.offset(), logs.deadlineNanos(), () -> logs(logs.traceId(), logs.from()));
            }
        } catch (InvalidStateStoreException e) {
            return QueryResult.forFailure(FailureReason.NOT_PRESENT, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return QueryResult.forFailure(FailureReason.STORE_EXCEPTION, "interrupted");
        }
        return QueryResult.forUnknownQueryType(query, this);
    }

    private <R> QueryResult<R> answer(AppliedOffset barrier, long offset, long deadlineNanos, RocksRows.Read<R> read)
            throws InterruptedException {
        if (!active) { // at once: the partition may have an owner by now that could answer
            return QueryResult.forFailure(FailureReason.NOT_ACTIVE, "the store is not active");
        }
        if (!barrier.await(offset, deadlineNanos - System.nanoTime())) {
            return QueryResult.forFailure(
                    FailureReason.NOT_UP_TO_BOUND, "offset " + offset + " wanted, " + barrier.get() + " applied");
        }
        R result = rows.read(read);
        // Asked last: what was read while the store was active is right even if it no longer is.
        return active
                ? QueryResult.forResult(result)
                : QueryResult.forFailure(FailureReason.NOT_ACTIVE, "the store is not active");
    }

    private StatsPage stats(StatsQuery query, long deadlineNanos) throws InterruptedException {
        Statistics counted = statistics;
        if (counted == null) {
            throw new InvalidStateStoreException("the store is not active");
        }
        counted.recount.requireDone();
        return counted.services.answer(query, deadlineNanos);
    }

    private TraceValues spans(TraceId traceId, long nowNanos) {
        try (RocksRows.View view = rows.new View()) {
            TraceHead head = view.head(traceId);
            if (head == null) {
                return TraceValues.NONE;
            }
            if (!head.isVisible(window.visibleFrom(nowNanos))) {
                return TraceValues.NONE;
            }
            byte[] closing = view.get(Rows.dropped(traceId)) == null ? null : view.get(Rows.closing(traceId));
            if (closing != null) {
                return TraceValues.dropped(Closing.decode(closing));
            }
            return new Chunks(view).values(traceId, head, TraceValues.MAX_BYTES);
        }
    }

    private LogPage logs(TraceId traceId, LogPosition from) {
        byte[] prefix = Rows.logPrefix(traceId);
        byte[] first = Rows.log(traceId, from.bucket(), from.offset());
        List<byte[]> values = new ArrayList<>();
        long bytes = 0;
        try (RocksRows.View view = rows.new View();
                RocksIterator row = view.iteratorFrom(first)) {
            for (; row.isValid() && Chunks.startsWith(row.key(), prefix); row.next()) {
                if (bytes >= TraceLogs.PAGE_BYTES) {
                    return new LogPage(values, Rows.positionOfLog(row.key()));
                }
                byte[] value = row.value();
                values.add(value);
                bytes += value.length;
            }
        }
        return new LogPage(values, null);
    }

    @Override
    public void commit(Map<TopicPartition, Long> changelogOffsets) {
        logged.commit(changelogOffsets);
    }

    @Override
    public @Nullable Long committedOffset(TopicPartition partition) {
        return logged.committedOffset(partition);
    }

    @Override
    @SuppressWarnings("deprecation") // Kafka asks it of every store until it drops its checkpoint files
    public boolean managesOffsets() {
        return logged.managesOffsets();
    }

    @Override
    public boolean persistent() {
        return logged.persistent();
    }

    @Override
    public boolean isOpen() {
        return logged.isOpen();
    }

    @Override
    public Position getPosition() {
        return logged.getPosition();
    }

    @Override
    public void close() {
        deactivate();
        logged.close();
    }
}
