package dev.traced.assembler.trace;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The value of a root's row: a line of the list but for what the key says, the trace id and the start; and the terms of the
 * trace, so that searching reads these rows only. Whether the trace has closed is told by its {@link Closing}: a row of
 * the list is not written again for that.
 */
public final class SummaryRow {
    private static final int TERMS_AT = 3 * Long.BYTES + 1;

    private SummaryRow() {}

    /** @param lastOffset of the last record that the trace was assembled from */
    public static byte[] encode(TraceSummary summary, long lastOffset, TermSet terms) {
        byte[] service = summary.rootService().getBytes(StandardCharsets.UTF_8);
        byte[] operation = summary.rootOperation().getBytes(StandardCharsets.UTF_8);
        ByteBuffer out =
                ByteBuffer.allocate(TERMS_AT + terms.bytes() + 2 * Integer.BYTES + service.length + operation.length);
        out.putLong(summary.endTimeNanos())
                .putLong(summary.spanCount())
                .putLong(lastOffset)
                .put((byte) (summary.status() == SpanStatus.ERROR ? 1 : 0));
        terms.encode(out);
        return out.putInt(service.length)
                .put(service)
                .putInt(operation.length)
                .put(operation)
                .array();
    }

    /** @param closing the last of the trace, null if there is none */
    public static TraceSummary decode(TraceId traceId, long startTimeNanos, byte[] row, @Nullable Closing closing) {
        ByteBuffer in = ByteBuffer.wrap(row);
        long end = in.getLong();
        long spanCount = in.getLong();
        long lastOffset = in.getLong();
        SpanStatus status = in.get() != 0 ? SpanStatus.ERROR : SpanStatus.OK;
        TermSet.skip(in);
        String service = ShapeBytes.text(in);
        String operation = ShapeBytes.text(in);
        TraceShape shape = closing != null && closing.offset() == lastOffset ? closing.shape() : null;
        return new TraceSummary(traceId, service, operation, startTimeNanos, end, spanCount, status, shape);
    }

    /** What the trace can be searched by. */
    public static TermSet terms(byte[] row) {
        return TermSet.decode(ByteBuffer.wrap(row).position(TERMS_AT));
    }

    /** Whether the trace has all of these terms. */
    public static TermSet.Presence find(byte[] row, long[] wanted) {
        return TermSet.find(ByteBuffer.wrap(row).position(TERMS_AT), wanted);
    }
}
