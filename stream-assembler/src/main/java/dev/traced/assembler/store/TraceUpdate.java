package dev.traced.assembler.store;

import dev.traced.assembler.SummaryRow;
import dev.traced.assembler.TraceHead;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * The rows that applying one record writes. The store writes them at once, the changelog gets them one after the other and
 * may get only the first few before a crash; their order is such that applying the record again mends whatever is missing:
 * chunk, removed root, head, further spans, root. Until the head is there, the record has not been applied; once it is,
 * the rest is written again from it.
 */
public final class TraceUpdate {
    private final TraceId traceId;
    private final long offset;
    private final List<KeyValue<Bytes, byte[]>> further = new ArrayList<>(0);
    private @Nullable KeyValue<Bytes, byte[]> chunk;
    private @Nullable TraceHead head;
    private int chunkBucket;
    private final List<byte[]> removedRoots = new ArrayList<>(1);
    private @Nullable TraceSummary summary;
    private RootRow rootRow = RootRow.PRESENT;

    /** What is known of the row of the trace's root before the update. */
    private enum RootRow {
        ABSENT,
        PRESENT,
        /** A crash may have come between the head and the row. */
        UNCERTAIN
    }

    public TraceUpdate(TraceId traceId, long offset) {
        this.traceId = traceId;
        this.offset = offset;
    }

    /** A span that found no room in the head. */
    public void further(long spanIdHigh, long spanIdLow, byte flags) {
        byte[] value =
                ByteBuffer.allocate(Long.BYTES + 1).putLong(offset).put(flags).array();
        further.add(KeyValue.pair(Bytes.wrap(Rows.span(traceId, spanIdHigh, spanIdLow)), value));
    }

    /** The spans as they came; to be called after {@link #further}. */
    public void chunk(int bucket, byte[] value) {
        chunkBucket = bucket;
        chunk = KeyValue.pair(Bytes.wrap(Rows.chunk(bucket, traceId, offset, !further.isEmpty())), value);
    }

    /**
     * The head after the record.
     *
     * @param rootBefore the root before the record, null if there was none
     */
    public void head(TraceHead after, TraceHead.@Nullable Root rootBefore) {
        head = after;
        summary = after.summary(traceId);
        if (rootBefore == null) {
            rootRow = RootRow.ABSENT;
        } else if (summary == null || summary.startTimeNanos() != rootBefore.startTimeNanos()) {
            removedRoots.add(Rows.root(rootBefore.startTimeNanos(), traceId));
            after.rootHasMoved();
            rootRow = RootRow.ABSENT;
        }
    }

    /**
     * The head as it is, when the record had been applied before: what is derived from it may be missing.
     *
     * @param formerRootStarts when the roots started that the trace may have had before; their rows may still be there
     */
    public void headAgain(TraceHead current, Set<Long> formerRootStarts) {
        head = current;
        summary = current.summary(traceId);
        for (long start : formerRootStarts) {
            if (summary == null || summary.startTimeNanos() != start) {
                removedRoots.add(Rows.root(start, traceId));
            }
        }
        rootRow = RootRow.UNCERTAIN;
    }

    int chunkBucket() {
        return chunkBucket;
    }

    /** The keys of the root's rows that go, and might not be there. */
    List<byte[]> removedRoots() {
        return removedRoots;
    }

    /** The key of the root's row that stays or comes; null if there is no root. */
    byte @Nullable [] root() {
        return summary == null ? null : Rows.root(summary.startTimeNanos(), traceId);
    }

    boolean isRootNew() {
        return rootRow == RootRow.ABSENT;
    }

    boolean isRootUncertain() {
        return rootRow == RootRow.UNCERTAIN;
    }

    List<KeyValue<Bytes, byte[]>> rows() {
        List<KeyValue<Bytes, byte[]>> rows = new ArrayList<>(4 + further.size());
        if (chunk != null) {
            rows.add(chunk);
        }
        removedRoots.forEach(removed -> rows.add(KeyValue.pair(Bytes.wrap(removed), null)));
        if (head != null) {
            rows.add(KeyValue.pair(Bytes.wrap(Rows.head(traceId)), head.encode()));
        }
        rows.addAll(further);
        byte[] root = root();
        if (root != null && summary != null) {
            rows.add(KeyValue.pair(Bytes.wrap(root), SummaryRow.encode(summary)));
        }
        return rows;
    }
}
