package dev.traced.assembler.trace;

import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import dev.traced.topics.SpanCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a trace as a whole, and the rules by which a span changes it. Of bounded size: the ids of the first
 * {@value #INLINE_SPANS} spans are in it, those of further spans are asked of {@link FurtherSpans}. Not thread-safe: an
 * instance lives as long as one record is being applied.
 */
public final class TraceHead {
    /** Enough for nearly every trace, and 2 KiB at the most to rewrite per record. */
    static final int INLINE_SPANS = 128;

    private static final byte ERROR = 1;
    private static final byte ROOT = 2;
    private static final byte VERSION = 5;
    private static final int ENTRY_BYTES = TraceId.BYTES + 1;

    private int firstBucket;
    private int lastBucket;
    private final long firstOffset;
    private long lastOffset;
    private long newestStartNanos = Long.MIN_VALUE;
    private int spanCount;
    private int errorCount;
    private int rootCount;
    private @Nullable Root root;

    private long lastActivityMs = Long.MIN_VALUE;

    private boolean isReplaced;

    /** Packed entries of the first spans: 16 bytes of id, 1 of flags. */
    private byte[] inline = new byte[4 * ENTRY_BYTES];

    private int inlineCount;

    /** The span that stands for the trace in the list. */
    public record Root(SpanId identity, long startTimeNanos, long endTimeNanos, String service, String operation) {
        static Root of(SpanCursor span) {
            return new Root(
                    new SpanId(span.spanIdHigh(), span.spanIdLow()),
                    span.startTimeNanos(),
                    span.endTimeNanos(),
                    span.service(),
                    span.operation());
        }

        /** Of several roots the earliest counts; of those that start together the one with the smallest id. */
        public boolean isBetterThan(Root other) {
            int byStart = Long.compare(startTimeNanos, other.startTimeNanos);
            int byId = identity.sharedId().compareTo(other.identity.sharedId());
            return byStart != 0 ? byStart < 0 : byId != 0 ? byId < 0 : identity.compareTo(other.identity) < 0;
        }
    }

    /** The flags of those spans of a trace that found no room in its head. */
    public interface FurtherSpans {
        int ABSENT = -1;

        /** The flags the span was last put with, or {@link #ABSENT}. */
        int flags(long spanIdHigh, long spanIdLow);

        void put(long spanIdHigh, long spanIdLow, byte flags);
    }

    /** The head of a trace whose first record has this bucket and offset; {@link #add} is yet to be called. */
    public TraceHead(int bucket, long offset) {
        this.firstBucket = bucket;
        this.lastBucket = bucket;
        this.firstOffset = offset;
        this.lastOffset = offset - 1;
    }

    /**
     * Notes which record the spans came with.
     *
     * @param appendMs when the broker appended it, Unix milliseconds
     */
    public void at(int bucket, long offset, long appendMs) {
        keptIn(bucket);
        lastOffset = offset;
        lastActivityMs = Math.max(lastActivityMs, appendMs);
    }

    /**
     * Grows with every record of the trace, and on to a later trace of the same id: the offsets of a partition do, whatever
     * has been forgotten in between.
     */
    public long revision() {
        return lastOffset + 1;
    }

    /** When the last record came, Unix milliseconds by the broker's clock. */
    public long lastActivityMs() {
        return lastActivityMs;
    }

    public int spanCount() {
        return spanCount;
    }

    /** Notes that a chunk of the trace lies in this bucket. */
    public void keptIn(int bucket) {
        firstBucket = Math.min(firstBucket, bucket);
        lastBucket = Math.max(lastBucket, bucket);
    }

    /** Notes that no chunk of the trace lies in this bucket or an earlier one. */
    public void leftBucket(int bucket) {
        firstBucket = Math.max(firstBucket, bucket + 1);
    }

    /**
     * Adds a span, or replaces the one of the same id.
     *
     * @return true if the span is new, false if it replaced one
     */
    public boolean add(SpanCursor span, FurtherSpans further) {
        byte flags = flags(span, hasClient(span, further));
        int before = put(span.spanIdHigh(), span.spanIdLow(), flags, further);
        boolean isNew = before == FurtherSpans.ABSENT;
        if (isNew) {
            spanCount++;
            before = 0;
        }
        errorCount += (flags & ERROR) - (before & ERROR);
        rootCount += ((flags & ROOT) - (before & ROOT)) / ROOT;
        newestStartNanos = Math.max(newestStartNanos, span.startTimeNanos());
        isReplaced |= !isNew;
        if (isNew && span.spanIdHigh() == 0) {
            deposeServer(span.spanIdLow(), further);
        }
        follow(span, (flags & ROOT) != 0);
        return isNew;
    }

    /**
     * Whether the span is the server's half of a call whose client's half is there: then it is below that one, and no root,
     * even if its sender knows of no parent.
     */
    public boolean hasClient(SpanCursor span, FurtherSpans further) {
        return span.spanIdHigh() == SpanId.SERVER_HALF && flagsOf(0, span.spanIdLow(), further) != FurtherSpans.ABSENT;
    }

    /** The client's half of a call has come: the server's was a root only until now. */
    private void deposeServer(long spanIdLow, FurtherSpans further) {
        int server = flagsOf(SpanId.SERVER_HALF, spanIdLow, further);
        if (server == FurtherSpans.ABSENT || (server & ROOT) == 0) {
            return;
        }
        put(SpanId.SERVER_HALF, spanIdLow, (byte) (server & ~ROOT), further);
        rootCount--;
        Root current = root;
        if (current != null && current.identity.high() == SpanId.SERVER_HALF && current.identity.low() == spanIdLow) {
            root = null;
        }
    }

    private int flagsOf(long high, long low, FurtherSpans further) {
        int known = entry(high, low);
        if (known >= 0) {
            return inline[known + TraceId.BYTES];
        }
        return inlineCount == INLINE_SPANS ? further.flags(high, low) : FurtherSpans.ABSENT;
    }

    /** What {@link FurtherSpans} keep of a span. */
    public static byte flags(SpanCursor span, boolean hasClient) {
        return (byte) ((span.isError() ? ERROR : 0) | (span.isRoot() && !hasClient ? ROOT : 0));
    }

    private void follow(SpanCursor span, boolean isRoot) {
        Root replaced = null;
        Root current = root;
        if (current != null
                && current.identity.high() == span.spanIdHigh()
                && current.identity.low() == span.spanIdLow()) {
            replaced = current;
            root = null; // unless the lines below know better
        }
        if (!isRoot) {
            return;
        }
        Root candidate = Root.of(span);
        Root rival = replaced != null ? replaced : current;
        boolean onlyRoot = rootCount == 1;
        boolean noWorse = rival != null && !rival.isBetterThan(candidate);
        if (onlyRoot || noWorse) {
            root = candidate;
        }
    }

    /**
     * Whether the root was replaced by something worse while there are others: then only all the spans of the trace can
     * tell which is the root now, see {@link #rootIs}.
     */
    public boolean needsRoot() {
        return root == null && rootCount > 0;
    }

    /** Whether a span was replaced by one that was added: what the trace can be found by may have become less. */
    public boolean isReplaced() {
        return isReplaced;
    }

    /** Settles what {@link #needsRoot} asks for. */
    public void rootIs(@Nullable Root best) {
        root = best;
    }

    /** Whether the span is one of those whose flags are in the head. */
    public boolean holds(SpanCursor span) {
        return entry(span.spanIdHigh(), span.spanIdLow()) >= 0;
    }

    private int entry(long high, long low) {
        ByteBuffer entries = ByteBuffer.wrap(inline);
        for (int at = 0; at < inlineCount * ENTRY_BYTES; at += ENTRY_BYTES) {
            if (entries.getLong(at) == high && entries.getLong(at + Long.BYTES) == low) {
                return at;
            }
        }
        return -1;
    }

    /** Puts the flags of a span and returns those before, or {@link FurtherSpans#ABSENT}. */
    private int put(long high, long low, byte flags, FurtherSpans further) {
        int known = entry(high, low);
        if (known >= 0) {
            byte before = inline[known + TraceId.BYTES];
            inline[known + TraceId.BYTES] = flags;
            return before;
        }
        if (inlineCount == INLINE_SPANS) {
            int before = further.flags(high, low);
            further.put(high, low, flags);
            return before;
        }
        int at = inlineCount++ * ENTRY_BYTES;
        if (at == inline.length) {
            inline = Arrays.copyOf(inline, Math.min(2 * at, INLINE_SPANS * ENTRY_BYTES));
        }
        ByteBuffer.wrap(inline).putLong(at, high).putLong(at + Long.BYTES, low).put(at + TraceId.BYTES, flags);
        return FurtherSpans.ABSENT;
    }

    /** Whether the record at {@code offset} has been applied: it is being delivered again. */
    public boolean hasApplied(long offset) {
        return offset <= lastOffset;
    }

    /** Whether the record at {@code offset} belongs to this trace, and not to one that expired under the same id. */
    public boolean owns(long offset) {
        return offset >= firstOffset;
    }

    /** Whether nothing of the trace is visible any more, nor could become so by the arrival of its root. */
    public boolean isExpired(long visibleFromNanos) {
        return newestStartNanos < visibleFromNanos;
    }

    /** A trace is visible as long as its root is young enough; one without a root, as long as its newest span is. */
    public boolean isVisible(long visibleFromNanos) {
        return (root == null ? newestStartNanos : root.startTimeNanos) >= visibleFromNanos;
    }

    /** When the youngest span started that the trace ever had. */
    public long newestStartNanos() {
        return newestStartNanos;
    }

    public int firstBucket() {
        return firstBucket;
    }

    public int lastBucket() {
        return lastBucket;
    }

    public long firstOffset() {
        return firstOffset;
    }

    public long lastOffset() {
        return lastOffset;
    }

    public @Nullable Root root() {
        return root;
    }

    /** An error as soon as one of its spans is one. */
    public SpanStatus status() {
        return errorCount > 0 ? SpanStatus.ERROR : SpanStatus.OK;
    }

    /** The line of the list; null while there is no root. */
    public @Nullable TraceSummary summary(TraceId traceId) {
        return summary(traceId, null);
    }

    /** The line of the list, with what was seen when the trace closed; null while there is no root. */
    public @Nullable TraceSummary summary(TraceId traceId, @Nullable Closing closing) {
        if (root == null) {
            return null;
        }
        return new TraceSummary(
                traceId,
                root.service,
                root.operation,
                root.startTimeNanos,
                root.endTimeNanos,
                spanCount,
                status(),
                closing != null && closing.isOf(this) ? closing.shape() : null);
    }

    private TraceHead(ByteBuffer in) {
        byte version = in.get();
        if (version != VERSION) {
            throw new IllegalStateException("a head of version " + version + " was written by another release");
        }
        firstBucket = in.getInt();
        lastBucket = in.getInt();
        firstOffset = in.getLong();
        lastOffset = in.getLong();
        newestStartNanos = in.getLong();
        spanCount = in.getInt();
        errorCount = in.getInt();
        rootCount = in.getInt();
        lastActivityMs = in.getLong();
        inlineCount = in.getInt();
        inline = new byte[Math.min(inlineCount + 4, INLINE_SPANS) * ENTRY_BYTES];
        in.get(inline, 0, inlineCount * ENTRY_BYTES);
        if (in.get() != 0) {
            root = new Root(SpanId.from(in), in.getLong(), in.getLong(), ShapeBytes.text(in), ShapeBytes.text(in));
        }
    }

    public static TraceHead decode(byte[] bytes) {
        return new TraceHead(ByteBuffer.wrap(bytes));
    }

    public byte[] encode() {
        byte[] service = root == null ? new byte[0] : root.service.getBytes(StandardCharsets.UTF_8);
        byte[] operation = root == null ? new byte[0] : root.operation.getBytes(StandardCharsets.UTF_8);
        int rootBytes = root == null ? 0 : TraceId.BYTES + 2 * Long.BYTES + 2 * Integer.BYTES;
        ByteBuffer out = ByteBuffer.allocate(2
                + 6 * Integer.BYTES
                + 4 * Long.BYTES
                + inlineCount * ENTRY_BYTES
                + rootBytes
                + service.length
                + operation.length);
        out.put(VERSION).putInt(firstBucket).putInt(lastBucket);
        out.putLong(firstOffset).putLong(lastOffset).putLong(newestStartNanos);
        out.putInt(spanCount).putInt(errorCount).putInt(rootCount);
        out.putLong(lastActivityMs);
        out.putInt(inlineCount).put(inline, 0, inlineCount * ENTRY_BYTES);
        out.put((byte) (root == null ? 0 : 1));
        if (root != null) {
            out.putLong(root.identity.high()).putLong(root.identity.low());
            out.putLong(root.startTimeNanos).putLong(root.endTimeNanos);
            out.putInt(service.length).put(service);
            out.putInt(operation.length).put(operation);
        }
        return out.array();
    }
}
