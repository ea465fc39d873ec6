package dev.traced.assembler.trace;

import dev.traced.model.TraceShape;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What was seen when a trace closed.
 *
 * @param offset of the last record it was assembled from
 * @param number which closing of the trace it was, from 1
 * @param atMs when it had been silent for long enough, Unix milliseconds by the broker's clock: the same however often the
 *     trace is closed with these records
 */
public record Closing(long offset, int number, long atMs, TraceShape shape) {

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
        TraceShape shape = ShapeBytes.decode(in);
        if (shape == null) {
            throw new IllegalStateException("a closing without a shape");
        }
        return new Closing(offset, number, atMs, shape);
    }

    public byte[] encode() {
        byte[] shapeBytes = ShapeBytes.encode(shape);
        return ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES + shapeBytes.length)
                .putLong(offset)
                .putInt(number)
                .putLong(atMs)
                .put(shapeBytes)
                .array();
    }
}
