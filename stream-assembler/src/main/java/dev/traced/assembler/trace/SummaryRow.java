package dev.traced.assembler.trace;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The value of a root's row: a line of the list but for what the key says, the trace id and the start. */
public final class SummaryRow {
    private SummaryRow() {}

    public static byte[] encode(TraceSummary summary) {
        byte[] service = summary.rootService().getBytes(StandardCharsets.UTF_8);
        byte[] operation = summary.rootOperation().getBytes(StandardCharsets.UTF_8);
        byte[] shape = ShapeBytes.encode(summary.shape());
        return ByteBuffer.allocate(
                        2 * Long.BYTES + 1 + 2 * Integer.BYTES + service.length + operation.length + shape.length)
                .putLong(summary.endTimeNanos())
                .putLong(summary.spanCount())
                .put((byte) (summary.status() == SpanStatus.ERROR ? 1 : 0))
                .putInt(service.length)
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
        String service = ShapeBytes.text(in);
        String operation = ShapeBytes.text(in);
        return new TraceSummary(
                traceId, service, operation, startTimeNanos, end, spanCount, status, ShapeBytes.decode(in));
    }
}
