package dev.traced.assembler.store;

import dev.traced.assembler.trace.Closing;
import dev.traced.assembler.trace.SpanTerms;
import dev.traced.assembler.trace.SummaryRow;
import dev.traced.assembler.trace.TermSet;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a stretch of the changelog count. The last is not always the latest: an owner that was paused for so long
 * that it was replaced wakes up and still writes what it had at hand, behind the rows of its successor. Kafka does not
 * keep it from that under at-least-once. So of two heads the one that has seen more of the topic counts, of two rows of a
 * span or of two closings the one of the later record; chunks and logs are the same whoever writes them; and the rows of the list are not in
 * the changelog at all but follow from the heads, and from the closings of what was dropped.
 */
final class Restoration {
    static final byte[] NOTHING = {};

    private final Function<byte[], byte @Nullable []> stored;
    private final Map<Bytes, byte[]> pending = new HashMap<>();

    /** @param stored reads a row that was restored before this stretch */
    Restoration(Function<byte[], byte @Nullable []> stored) {
        this.stored = stored;
    }

    /** What to write for the next row of the changelog. */
    List<KeyValue<byte[], byte[]>> next(byte[] key, byte @Nullable [] value) {
        if (value != null && key[0] == Rows.CHUNK) {
            pending.put(Bytes.wrap(key), value);
        }
        if (value != null && key[0] == Rows.HEAD) {
            return head(key, value);
        }
        if (value != null && key[0] == Rows.CLOSING) {
            return closing(key, value);
        }
        if (value != null && key[0] == Rows.SPAN) {
            return span(key, value);
        }
        if (value != null && key[0] == Rows.LOG) {
            return List.of(KeyValue.pair(key, value), KeyValue.pair(Rows.logsOf(key), NOTHING));
        }
        return List.of(KeyValue.pair(key, value));
    }

    private List<KeyValue<byte[], byte[]>> head(byte[] key, byte[] value) {
        byte[] row = latest(key);
        TraceHead before = row == null ? null : TraceHead.decode(row);
        TraceHead after = TraceHead.decode(value);
        if (before != null && before.lastOffset() > after.lastOffset()) {
            return List.of();
        }
        pending.put(Bytes.wrap(key), value);
        List<KeyValue<byte[], byte[]>> rows = new ArrayList<>(3);
        rows.add(KeyValue.pair(key, value));
        TraceId trace = Rows.traceOfHead(key);
        // A closing counts only with a head: before the first one there is none to ask for.
        Closing closing = before == null ? null : closing(latest(Rows.closing(trace)));
        boolean wasDropped = before != null && closing != null && closing.drops(before);
        boolean isDropped = closing != null && closing.drops(after);
        TraceHead.Root root = before == null ? null : before.root();
        if (root != null && !wasDropped) {
            rows.add(KeyValue.pair(Rows.root(root.startTimeNanos(), trace), null));
        }
        if (isDropped) {
            rows.add(KeyValue.pair(Rows.dropped(trace), NOTHING));
        } else if (wasDropped) {
            rows.add(KeyValue.pair(Rows.dropped(trace), null));
        }
        if (!isDropped) {
            rows.addAll(line(trace, after));
        }
        return rows;
    }

    private List<KeyValue<byte[], byte[]>> line(TraceId trace, TraceHead head) {
        TraceSummary summary = head.summary(trace);
        return summary == null
                ? List.of()
                : List.of(KeyValue.pair(
                        Rows.root(summary.startTimeNanos(), trace),
                        SummaryRow.encode(summary, head.lastOffset(), terms(trace, head))));
    }

    /** Of a trace that one record brought, which most are; of the others whoever activates the store will look. */
    private TermSet terms(TraceId trace, TraceHead head) {
        byte[] only = head.firstOffset() == head.lastOffset()
                ? latest(Rows.chunk(head.firstBucket(), trace, head.firstOffset(), false))
                : null;
        if (only == null) {
            return TermSet.missing();
        }
        SpanTerms terms = new SpanTerms();
        terms.add(only);
        return terms.set();
    }

    private static @Nullable Closing closing(byte @Nullable [] row) {
        return row == null ? null : Closing.decode(row);
    }

    /** Counts only with its head: the changelog forgets heads earlier, since they are older. */
    private List<KeyValue<byte[], byte[]>> closing(byte[] key, byte[] value) {
        TraceId trace = Rows.traceOfHead(key);
        byte[] row = latest(Rows.head(trace));
        Closing before = closing(latest(key));
        Closing closing = Closing.decode(value);
        if (row == null || (before != null && before.offset() > closing.offset())) {
            return List.of();
        }
        pending.put(Bytes.wrap(key), value);
        List<KeyValue<byte[], byte[]>> rows = new ArrayList<>(1);
        rows.add(KeyValue.pair(key, value));
        if (closing.isDrop() || (before != null && before.isDrop())) {
            rows.addAll(moved(trace, TraceHead.decode(row), before, closing));
        }
        return rows;
    }

    /** A trace that was dropped leaves the list, and one that no longer is comes into it. */
    private List<KeyValue<byte[], byte[]>> moved(
            TraceId trace, TraceHead head, @Nullable Closing before, Closing closing) {
        List<KeyValue<byte[], byte[]>> rows = new ArrayList<>(2);
        TraceHead.Root root = head.root();
        if (closing.drops(head)) {
            rows.add(KeyValue.pair(Rows.dropped(trace), NOTHING));
            if (root != null) {
                rows.add(KeyValue.pair(Rows.root(root.startTimeNanos(), trace), null));
            }
        } else if (before != null && before.drops(head)) {
            rows.add(KeyValue.pair(Rows.dropped(trace), null));
            rows.addAll(line(trace, head));
        }
        return rows;
    }

    private List<KeyValue<byte[], byte[]>> span(byte[] key, byte[] value) {
        byte[] before = latest(key);
        if (before != null && offset(before) > offset(value)) {
            return List.of();
        }
        pending.put(Bytes.wrap(key), value);
        return List.of(KeyValue.pair(key, value));
    }

    private byte @Nullable [] latest(byte[] key) {
        byte[] row = pending.get(Bytes.wrap(key));
        return row != null ? row : stored.apply(key);
    }

    private static long offset(byte[] spanRow) {
        return ByteBuffer.wrap(spanRow).getLong();
    }
}
