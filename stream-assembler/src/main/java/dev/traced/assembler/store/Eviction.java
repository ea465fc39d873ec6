package dev.traced.assembler.store;

import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.RollingWindow;
import dev.traced.model.TraceId;
import dev.traced.topics.SpanCursor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of what has expired, bucket by bucket, by the wall clock and in slices of time. A bucket is due when everything
 * that started while it was filled has left the answers. Then, chunk by chunk:
 *
 * <ul>
 *   <li>its trace has expired: head and root are deleted, and nothing refers to the chunk any more;
 *   <li>its trace lives on, because it is a long one or its clock runs ahead: the chunk moves to the bucket of its newest
 *       span, or today's. This also writes it to the changelog again, and with it the trace's other rows; the changelog may therefore forget
 *       everything older than a bucket's life.
 * </ul>
 *
 * When the bucket is through it is dropped as a whole, and the changelog gets one row that says so instead of one for each
 * row deleted. Who restores the store does the same when it comes to that row. Used by the stream thread only.
 */
final class Eviction implements RocksRows.Evicted {
    private static final Logger LOGGER = LoggerFactory.getLogger(Eviction.class);
    private static final int NONE = Integer.MAX_VALUE;
    private static final int DELETES_AT_ONCE = 1_000;
    private static final int CHECK_TIME_EVERY = 32;

    /** So often that a crash finds on disk what the changelog continues, which is kept for a window and a little. */
    private static final int FLUSHES_IN_A_WINDOW = 6;

    /** So many deleted rows are left to RocksDB's own compaction. */
    private static final int NEGLIGIBLE = 10_000;

    private final RollingWindow window;
    private final Executor compactions;
    private final AtomicBoolean compacting = new AtomicBoolean();
    private @Nullable RocksRows rows;
    private int oldest = NONE;
    private byte @Nullable [] resumeAt;
    private byte @Nullable [] resumeLogsAt;
    private long deleted;
    private long deletedLogs;
    private long flushedAtMs;

    Eviction(RollingWindow window, Executor compactions) {
        this.window = window;
        this.compactions = compactions;
    }

    void evicts(RocksRows store) {
        this.rows = store;
    }

    private RocksRows rows() {
        if (rows == null) {
            throw new IllegalStateException("no store to evict from");
        }
        return rows;
    }

    void activate() {
        oldest = oldestFrom(0);
        beginBucket();
        deleted = NEGLIGIBLE + 1; // whoever was here before may have left deleted rows behind
    }

    /** A row is about to be written to this bucket: one that is half evicted is begun anew, or the row goes with it. */
    void hasRowsIn(int bucket) {
        if (bucket <= oldest) {
            oldest = bucket;
            beginBucket();
        }
    }

    private void beginBucket() {
        resumeAt = null;
        resumeLogsAt = null;
    }

    /** For how many buckets eviction is late: 0 if it is not. */
    int late(long nowMs) {
        if (oldest == NONE) {
            return 0;
        }
        long due = Rows.endOfBucketMs(oldest) + window.length().toMillis();
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE, (nowMs - due) / Rows.BUCKET_MS));
    }

    void run(TraceStore store, long nowMs, long untilNanos) {
        if (nowMs - flushedAtMs >= window.length().toMillis() / FLUSHES_IN_A_WINDOW) {
            flushedAtMs = nowMs;
            rows().beginFlush();
        }
        long visibleFrom = window.visibleFrom(Duration.ofMillis(nowMs).toNanos());
        while (oldest != NONE && isDue(oldest, nowMs)) {
            if (!forgetLogs(store, oldest, untilNanos)
                    || !sweep(store, oldest, Rows.bucket(nowMs), visibleFrom, untilNanos)) {
                return;
            }
            store.put(List.of(KeyValue.pair(
                    Bytes.wrap(Rows.evicted(oldest)),
                    ByteBuffer.allocate(Long.BYTES).putLong(nowMs).array())));
            rows().dropChunks(oldest);
            rows().removeFilesBefore(oldest + 1);
            oldest = oldestFrom(oldest + 1);
            beginBucket();
        }
        boolean isIdle = oldest == NONE && deleted + deletedLogs > NEGLIGIBLE;
        if (isIdle || (deleted > NEGLIGIBLE && deleted > 2 * store.rootCount())) {
            compact();
        }
    }

    private boolean isDue(int bucket, long nowMs) {
        return Rows.endOfBucketMs(bucket) + window.length().toMillis() < nowMs;
    }

    private int oldestFrom(int bucket) {
        int found = NONE;
        try (RocksIterator row = rows().iteratorFrom(Rows.chunksFrom(bucket))) {
            if (row.isValid()) {
                found = Rows.bucketOf(row.key());
            }
        }
        try (RocksIterator row = rows().iteratorFrom(Rows.logsOf(bucket))) {
            return row.isValid() && row.key()[0] == Rows.LOGS_OF ? Math.min(found, Rows.bucketOf(row.key())) : found;
        }
    }

    /**
     * Deletes the logs of a bucket. Logs leave with the bucket they came in, even if their trace lives on. Where it stopped
     * it goes on: what it has deleted lies there until RocksDB compacts it, and costs as much to walk over as rows.
     *
     * @return whether it came to the end
     */
    private boolean forgetLogs(TraceStore store, int bucket, long untilNanos) {
        List<byte[]> deletes = new ArrayList<>();
        byte[] first = resumeLogsAt != null ? resumeLogsAt : Rows.logsOf(bucket);
        try (RocksIterator row = rows().iteratorFrom(first)) {
            for (int i = 1; isLogIn(row, bucket); row.next(), i++) {
                deletes.add(row.key());
                deletes.add(Rows.logOf(row.key()));
                boolean isLate = i % CHECK_TIME_EVERY == 0 && System.nanoTime() - untilNanos > 0;
                if (isLate || deletes.size() >= DELETES_AT_ONCE) {
                    deletedLogs += deletes.size();
                    store.forget(deletes);
                    deletes.clear();
                }
                if (isLate) {
                    resumeLogsAt = row.key();
                    return false;
                }
            }
        }
        deletedLogs += deletes.size();
        store.forget(deletes);
        resumeLogsAt = Rows.logsOf(bucket + 1);
        return true;
    }

    private static boolean isLogIn(RocksIterator row, int bucket) {
        return row.isValid() && row.key()[0] == Rows.LOGS_OF && Rows.bucketOf(row.key()) == bucket;
    }

    /**
     * Goes through the chunks of a bucket.
     *
     * @return whether it came to the end
     */
    private boolean sweep(TraceStore store, int bucket, int today, long visibleFrom, long untilNanos) {
        Sweep sweep = new Sweep(rows(), store, bucket, visibleFrom);
        byte[] first = resumeAt != null ? resumeAt : Rows.chunksFrom(bucket);
        try (RocksIterator row = rows().iteratorFrom(first)) {
            for (int i = 1; row.isValid() && Rows.bucketOf(row.key()) == bucket; row.next(), i++) {
                byte[] key = row.key();
                if (sweep.isNextTrace(key)) {
                    leave(bucket, store, sweep);
                }
                if (sweep.next(key, row) == Sweep.Fate.LIVES) {
                    moveTo(today, store, sweep, key, row.value());
                }
                if (sweep.deletes.size() >= DELETES_AT_ONCE) {
                    delete(store, sweep);
                }
                if (i % CHECK_TIME_EVERY == 0 && System.nanoTime() - untilNanos > 0) {
                    delete(store, sweep);
                    resumeAt = key; // once more, which does no harm
                    return false;
                }
            }
        }
        leave(bucket, store, sweep);
        delete(store, sweep);
        return true;
    }

    /** All chunks of a trace that lives on have moved: its head need not look into this bucket any more. */
    private void leave(int bucket, TraceStore store, Sweep sweep) {
        TraceHead head = sweep.head;
        if (head == null) {
            return;
        }
        head.leftBucket(bucket);
        store.put(List.of(KeyValue.pair(Bytes.wrap(Rows.head(sweep.traceId())), head.encode())));
    }

    /** A row that stays as it is, and yet is needed by whoever restores after the changelog has forgotten it. */
    private void logAgain(byte[] key, List<KeyValue<Bytes, byte[]>> again) {
        byte[] row = rows().get(key);
        if (row != null) {
            again.add(KeyValue.pair(Bytes.wrap(key), row));
        }
    }

    private void delete(TraceStore store, Sweep sweep) {
        forget(store, sweep.deletes);
    }

    private void forget(TraceStore store, List<byte[]> deletes) {
        store.forget(deletes);
        deleted += deletes.size();
        deletes.clear();
    }

    private void moveTo(int today, TraceStore store, Sweep sweep, byte[] key, byte[] value) {
        TraceHead head = sweep.liveHead();
        // To where it is looked at when the trace expires, unless that is in the future.
        int target = (int) Math.min(today, TimeUnit.NANOSECONDS.toMillis(head.newestStartNanos()) / Rows.BUCKET_MS);
        head.keptIn(target);
        TraceId trace = sweep.traceId();
        byte[] moved = Rows.chunk(target, trace, Rows.offsetOf(key), Rows.hasFurther(key));
        List<KeyValue<Bytes, byte[]>> again = new ArrayList<>(2);
        again.add(KeyValue.pair(Bytes.wrap(moved), value));
        again.add(KeyValue.pair(Bytes.wrap(Rows.head(trace)), head.encode()));
        logAgain(Rows.closing(trace), again);
        if (Rows.hasFurther(key)) {
            SpanCursor span = new SpanCursor(value);
            while (span.next()) {
                logAgain(Rows.span(trace, span.spanIdHigh(), span.spanIdLow()), again);
            }
        }
        store.put(again);
    }

    /** While restoring: the owner had gone through this bucket, and what it moved is in the changelog before this. */
    @Override
    public void bucket(int bucket, long nowMs) {
        Sweep sweep = new Sweep(
                rows(),
                null,
                bucket,
                window.visibleFrom(Duration.ofMillis(nowMs).toNanos()));
        try (RocksIterator row = rows().iteratorFrom(Rows.chunksFrom(bucket))) {
            for (; row.isValid() && Rows.bucketOf(row.key()) == bucket; row.next()) {
                sweep.next(row.key(), row);
            }
        }
        try (RocksIterator row = rows().iteratorFrom(Rows.logsOf(bucket))) {
            for (; isLogIn(row, bucket); row.next()) {
                sweep.deletes.add(row.key());
                sweep.deletes.add(Rows.logOf(row.key()));
            }
        }
        rows().deleteLocally(sweep.deletes);
        rows().dropChunks(bucket);
    }

    private void compact() {
        if (!compacting.compareAndSet(false, true)) {
            return;
        }
        deleted = 0;
        deletedLogs = 0;
        compactions.execute(() -> {
            long start = System.nanoTime();
            try {
                rows().compact();
                LOGGER.atDebug()
                        .addKeyValue("tookMs", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                        .log("compacted");
            } catch (InvalidStateStoreException e) {
                LOGGER.debug("the store was closed before it was compacted");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOGGER.warn("compaction failed; the disk keeps what it would have freed", e);
            } finally {
                compacting.set(false);
            }
        });
    }

    /** Decides the fate of the chunks of one bucket, in order, and gathers what is to be deleted with them. */
    private static final class Sweep {
        private final RocksRows rows;
        private final @Nullable TraceStore store;
        private final int bucket;
        private final long visibleFrom;

        /** Whether some of the traces may be in no list. */
        private final boolean mayBeDropped;

        private final List<byte[]> deletes = new ArrayList<>();
        private @Nullable TraceId traceId;
        private @Nullable TraceHead head;

        enum Fate {
            LIVES,
            GOES
        }

        /** @param store is told of what expires; null while it is restored */
        Sweep(RocksRows rows, @Nullable TraceStore store, int bucket, long visibleFrom) {
            this.rows = rows;
            this.store = store;
            this.bucket = bucket;
            this.visibleFrom = visibleFrom;
            this.mayBeDropped = store == null || store.hasDropped();
        }

        boolean isNextTrace(byte[] key) {
            return traceId != null && !traceId.equals(Rows.traceOfChunk(key));
        }

        Fate next(byte[] key, RocksIterator row) {
            TraceId trace = Rows.traceOfChunk(key);
            if (!trace.equals(traceId)) {
                traceId = trace;
                head = liveHead(trace);
            }
            if (head != null && head.owns(Rows.offsetOf(key))) {
                return Fate.LIVES;
            }
            if (Rows.hasFurther(key)) {
                deleteFurther(trace, row.value());
            }
            return Fate.GOES;
        }

        /** The head of a trace that lives on; one that has expired is deleted. */
        private @Nullable TraceHead liveHead(TraceId trace) {
            TraceHead found = rows.head(trace);
            if (found == null) {
                return null;
            }
            if (!found.isExpired(visibleFrom)) {
                return found;
            }
            if (store != null) {
                store.expires(trace, found);
            }
            deletes.add(Rows.head(trace));
            deletes.add(Rows.closing(trace));
            TraceHead.Root root = found.root();
            if (mayBeDropped && rows.get(Rows.dropped(trace)) != null) {
                deletes.add(Rows.dropped(trace));
            } else if (root != null) {
                deletes.add(Rows.root(root.startTimeNanos(), trace));
            }
            return null;
        }

        private void deleteFurther(TraceId trace, byte[] value) {
            TraceHead successor = head; // of another trace that came later under the same id
            SpanCursor span = new SpanCursor(value);
            while (span.next()) {
                byte[] key = Rows.span(trace, span.spanIdHigh(), span.spanIdLow());
                byte[] row = successor == null ? null : rows.get(key);
                if (successor == null
                        || row == null
                        || !successor.owns(ByteBuffer.wrap(row).getLong())) {
                    deletes.add(key);
                }
            }
        }

        TraceId traceId() {
            if (traceId == null) {
                throw new IllegalStateException("before the first chunk of bucket " + bucket);
            }
            return traceId;
        }

        TraceHead liveHead() {
            if (head == null) {
                throw new IllegalStateException("no trace lives on in bucket " + bucket);
            }
            return head;
        }
    }
}
