package dev.traced.assembler.trace;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The value of a root's row: a line of the list but for what the key says, the trace id and the start; and the terms of the
 * trace, so that searching reads these rows only.
 */
public final class SummaryRow {
    private static final int TERMS_AT = 2 * Long.BYTES + 1;

    private SummaryRow() {}

    public static byte[] encode(TraceSummary summary, TermSet terms) {
        byte[] service = summary.rootService().getBytes(StandardCharsets.UTF_8);
        byte[] operation = summary.rootOperation().getBytes(StandardCharsets.UTF_8);
        byte[] shape = ShapeBytes.encode(summary.shape());
        ByteBuffer out = ByteBuffer.allocate(
                TERMS_AT + terms.bytes() + 2 * Integer.BYTES + service.length + operation.length + shape.length);
        out.putLong(summary.endTimeNanos()).putLong(summary.spanCount()).put((byte)
                (summary.status() == SpanStatus.ERROR ? 1 : 0));
        terms.encode(out);
        return out.putInt(service.length)
                .put(service)
                .putInt(operation.length)
                .put(operation)
                .put(shape)
                .array();
    }

    public static TraceSummary decode(TraceId traceId, long startTimeNanos, byte[] row) {
        ByteBuffer in = ByteBuffer.wrap(row);
        long end = in.getLong();
        long spanCount = in.getLong();
        SpanStatus status = in.get() != 0 ? SpanStatus.ERROR : SpanStatus.OK;
        TermSet.skip(in);
        String service = ShapeBytes.text(in);
        String operation = ShapeBytes.text(in);
        return new TraceSummary(
                traceId, service, operation, startTimeNanos, end, spanCount, status, ShapeBytes.decode(in));
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
