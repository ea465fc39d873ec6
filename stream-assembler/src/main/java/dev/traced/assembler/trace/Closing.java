package dev.traced.assembler.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.traced.model.TraceShape;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What was seen when a trace closed.
 *
 * @param offset of the last record it was assembled from
 * @param number how often the trace has been told of with this: 0 if it was dropped, since none that was told of is
 * @param atMs when it had been silent for long enough, Unix milliseconds by the broker's clock: the same however often the
 *     trace is closed with these records
 * @param verdict of tail sampling; null if no rule held
 */
public record Closing(
        long offset,
        int number,
        long atMs,
        TraceShape shape,
        @Nullable Verdict verdict) {
    private static final byte NO_VERDICT = 0;
    private static final byte KEPT = 1;
    private static final byte DROPPED = 2;

    /** Whether the trace is in no list from then on. */
    public boolean isDrop() {
        return verdict != null && !verdict.isKept();
    }

    /** Whether it dropped this trace, and not an earlier one of its id. */
    public boolean drops(TraceHead head) {
        return isDrop() && head.owns(offset);
    }

    /** Whether nothing has come since. */
    public boolean isOf(TraceHead head) {
        return offset == head.lastOffset();
    }

    /**
     * The number that a closing of the trace has now: the same if nothing has come since the last.
     *
     * @param last the last closing known under the trace's id, perhaps of an earlier trace; null for none
     */
    public static int number(TraceHead head, @Nullable Closing last) {
        if (last == null || !head.owns(last.offset)) {
            return 1;
        }
        return last.isOf(head) ? last.number : last.number + 1;
    }

    public static Closing decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long offset = in.getLong();
        int number = in.getInt();
        long atMs = in.getLong();
        byte kept = in.get();
        Verdict verdict = kept == NO_VERDICT ? null : new Verdict(ShapeBytes.text(in), kept == KEPT);
        TraceShape shape = ShapeBytes.decode(in);
        if (shape == null) {
            throw new IllegalStateException("a closing without a shape");
        }
        return new Closing(offset, number, atMs, shape, verdict);
    }

    public byte[] encode() {
        byte[] shapeBytes = ShapeBytes.encode(shape);
        byte[] rule = verdict == null ? new byte[0] : verdict.rule().getBytes(UTF_8);
        int verdictBytes = 1 + (verdict == null ? 0 : Integer.BYTES + rule.length);
        ByteBuffer out = ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES + verdictBytes + shapeBytes.length)
                .putLong(offset)
                .putInt(number)
                .putLong(atMs);
        if (verdict == null) {
            out.put(NO_VERDICT);
        } else {
            out.put(verdict.isKept() ? KEPT : DROPPED).putInt(rule.length).put(rule);
        }
        return out.put(shapeBytes).array();
    }
}
