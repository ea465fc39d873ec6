package dev.traced.assembler.store;

import dev.traced.assembler.stats.CountedTrace;
import dev.traced.assembler.trace.Closing;
import dev.traced.assembler.trace.SpanTerms;
import dev.traced.assembler.trace.TermSet;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import dev.traced.topics.KnownNames;
import dev.traced.topics.SpanCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/** Reads what the records of a trace brought, in the order of the topic. */
public final class Chunks {
    /** So much of a trace is looked at once in its life, without keeping others waiting for long. */
    public static final long MAX_LOOK_ONCE = 4 << 20;

    /** And so much again and again: whenever a span of it is sent twice. */
    public static final long MAX_LOOK_OFTEN = 256 << 10;

    private final RowReader rows;

    Chunks(RowReader rows) {
        this.rows = rows;
    }

    /** The values of the trace's records, if they take no more than so many bytes together. */
    public TraceValues values(TraceId traceId, TraceHead head, long maxBytes) {
        byte[] only = only(traceId, head);
        if (only != null && only.length <= maxBytes) {
            return TraceValues.of(List.of(only));
        }
        Map<Long, byte[]> byOffset = new TreeMap<>(); // a chunk that eviction has just moved is there twice
        long bytes = 0;
        for (int bucket = head.firstBucket(); bucket <= head.lastBucket(); bucket++) {
            byte[] prefix = Rows.chunkPrefix(bucket, traceId);
            try (RocksIterator row = rows.iteratorFrom(prefix)) {
                for (; row.isValid() && startsWith(row.key(), prefix); row.next()) {
                    long offset = Rows.offsetOf(row.key());
                    if (head.owns(offset)) {
                        byte[] value = row.value();
                        bytes += byOffset.put(offset, value) == null ? value.length : 0;
                        if (bytes > maxBytes) {
                            return TraceValues.TOO_LARGE;
                        }
                    }
                }
                if (!row.isValid()) {
                    break;
                }
            }
        }
        return TraceValues.of(byOffset.values());
    }

    /**
     * What the trace can be searched by; too much if its records take more than so many bytes together.
     *
     * @param more a further record of the trace that is not stored yet; null for none
     */
    public TermSet terms(TraceId traceId, TraceHead head, byte @Nullable [] more, long maxBytes) {
        TraceValues values = values(traceId, head, maxBytes);
        if (values.isTooLarge()) {
            return TermSet.tooMany();
        }
        SpanTerms terms = new SpanTerms();
        values.values().forEach(terms::add);
        if (more != null) {
            terms.add(more);
        }
        return terms.set();
    }

    /** Of a trace that one record brought; null if some of its spans have rows of their own, or it has moved. */
    private byte @Nullable [] only(TraceId traceId, TraceHead head) {
        return head.firstOffset() == head.lastOffset()
                ? rows.get(Rows.chunk(head.firstBucket(), traceId, head.firstOffset(), false))
                : null;
    }

    /** The keys of the trace's records, for {@link #value}. */
    public List<byte[]> keys(TraceId traceId, TraceHead head) {
        Map<Long, byte[]> byOffset = new TreeMap<>();
        for (int bucket = head.firstBucket(); bucket <= head.lastBucket(); bucket++) {
            byte[] prefix = Rows.chunkPrefix(bucket, traceId);
            try (RocksIterator row = rows.iteratorFrom(prefix)) {
                for (; row.isValid() && startsWith(row.key(), prefix); row.next()) {
                    byte[] key = row.key();
                    if (head.owns(Rows.offsetOf(key))) {
                        byOffset.put(Rows.offsetOf(key), key);
                    }
                }
            }
        }
        return new ArrayList<>(byOffset.values());
    }

    /** What statistics count of a trace as it was when it closed; null if it was too large to look at. */
    @Nullable
    CountedTrace counted(TraceId traceId, TraceHead head, Closing closing, KnownNames names) {
        if (!closing.shape().isKnown()) {
            return null;
        }
        TraceShape.Builder spans = new TraceShape.Builder();
        byte[] only = only(traceId, head);
        if (only != null) {
            SpanCursor.addAll(only, spans, names);
        } else {
            for (byte[] key : keys(traceId, head)) {
                byte[] value = Rows.offsetOf(key) <= closing.offset() ? value(key) : null;
                if (value != null) {
                    SpanCursor.addAll(value, spans, names);
                }
            }
        }
        spans.build();
        return new CountedTrace(spans, closing.atMs());
    }

    /** The value of one record of a trace; null if it is gone. */
    public byte @Nullable [] value(byte[] key) {
        return rows.get(key);
    }

    static boolean startsWith(byte[] key, byte[] prefix) {
        return Arrays.equals(key, 0, Math.min(prefix.length, key.length), prefix, 0, prefix.length);
    }
}
