package dev.traced.assembler.store;

import dev.traced.assembler.trace.SummaryRow;
import dev.traced.assembler.trace.TermSet;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * The rows that applying one record writes. The store writes them at once. The changelog gets them one after the other, and
 * before a crash perhaps only the first few: chunk, head, further spans. Until the head is there the record has not been
 * applied; once it is, the rest is written again when the record is delivered again. The row of the list is not logged: it
 * follows from the head, and whoever restores a head makes it anew.
 */
public final class TraceUpdate {
    private final TraceId traceId;
    private final long offset;
    private final List<KeyValue<Bytes, byte[]>> further = new ArrayList<>(0);
    private @Nullable KeyValue<Bytes, byte[]> chunk;
    private @Nullable TraceHead head;
    private int chunkBucket;
    private @Nullable TraceSummary summary;
    private TermSet terms = TermSet.missing();
    private @Nullable Long rootThatGoes;
    private @Nullable Long rootThatComes;
    private boolean isDropped;
    private boolean dropGoes;

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
     * No list shows the trace of this id; to be called before {@link #head}.
     *
     * @param remains false if it has expired, and the record begins another trace
     */
    public void dropped(boolean remains) {
        isDropped = remains;
        dropGoes = !remains;
    }

    /**
     * The head after the record.
     *
     * @param rootBefore the root before the record, null if there was none
     * @param termsAfter what the trace can be searched by; of no meaning while it has no root
     */
    public void head(TraceHead after, TraceHead.@Nullable Root rootBefore, TermSet termsAfter) {
        head = after;
        terms = termsAfter;
        summary = isDropped ? null : after.summary(traceId);
        boolean wasListed = !isDropped && !dropGoes;
        Long before = rootBefore != null && wasListed ? Long.valueOf(rootBefore.startTimeNanos()) : null;
        Long now = summary == null ? null : Long.valueOf(summary.startTimeNanos());
        if (!Objects.equals(before, now)) {
            rootThatGoes = before;
            rootThatComes = now;
        }
    }

    /** The head as it is, when the record had been applied before; the row of the list is as it should be. */
    public void headAgain(TraceHead current) {
        head = current;
    }

    /** What becomes of the trace in the list, in heap. */
    void count(StartCounts roots, SearchIndex index) {
        if (rootThatGoes != null) {
            roots.remove(rootThatGoes);
            index.remove(rootThatGoes, traceId);
        }
        if (rootThatComes != null) {
            roots.add(rootThatComes);
        }
        if (summary != null) {
            index.put(summary, terms);
        }
    }

    int chunkBucket() {
        return chunkBucket;
    }

    /** Whether the trace of this id was dropped until now. */
    boolean dropGoes() {
        return dropGoes;
    }

    /** The rows that are logged, in the order that a crash may cut anywhere. */
    List<KeyValue<Bytes, byte[]>> logged() {
        List<KeyValue<Bytes, byte[]>> rows = new ArrayList<>(2 + further.size());
        if (chunk != null) {
            rows.add(chunk);
        }
        if (head != null) {
            rows.add(KeyValue.pair(Bytes.wrap(Rows.head(traceId)), head.encode()));
        }
        rows.addAll(further);
        return rows;
    }

    /** The rows that follow from them and are written with them, here only. */
    List<KeyValue<Bytes, byte[]>> derived() {
        List<KeyValue<Bytes, byte[]>> rows = new ArrayList<>(2);
        if (dropGoes) {
            rows.add(KeyValue.pair(Bytes.wrap(Rows.dropped(traceId)), null));
        }
        if (rootThatGoes != null) {
            rows.add(KeyValue.pair(Bytes.wrap(Rows.root(rootThatGoes, traceId)), null));
        }
        if (summary != null && head != null) {
            byte[] key = Rows.root(summary.startTimeNanos(), traceId);
            rows.add(KeyValue.pair(Bytes.wrap(key), SummaryRow.encode(summary, head.lastOffset(), terms)));
        }
        return rows;
    }
}
