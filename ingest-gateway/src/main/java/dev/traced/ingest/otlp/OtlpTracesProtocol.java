package dev.traced.ingest.otlp;

import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.receive.Admission;
import dev.traced.ingest.receive.Protocol;
import dev.traced.ingest.receive.Received;
import dev.traced.ingest.receive.SpanReceipt;
import io.javalin.http.Context;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.io.IOException;

/**
 * {@code POST /v1/traces}. Spans that are not valid are left out and explained as a partial success; a request that cannot
 * be read is answered with {@code google.rpc.Status}.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
public final class OtlpTracesProtocol implements Protocol<SpanReceipt> {
    @Override
    public Reader<SpanReceipt> reader() {
        return (ctx, body, admission) -> read(OtlpEncoding.of(ctx.contentType()), body, admission);
    }

    static Received<SpanReceipt> read(OtlpEncoding encoding, BodyBuffer body, Admission admission) throws IOException {
        return encoding.read(
                body,
                ExportTraceServiceRequest.newBuilder(),
                request -> OtlpSpans.receive(request.getResourceSpansList(), admission));
    }

    @Override
    public void accepted(Context ctx, SpanReceipt receipt) {
        OtlpEncoding encoding = OtlpEncoding.of(ctx.contentType());
        ctx.header(SpanReceipt.HEADER, receipt.counts());
        encoding.answer(ctx, 200, response(receipt));
    }

    /**
     * A partial success counts everything that was dropped; stale spans too, for their sender should know. What was sampled out
     * was not rejected.
     */
    static ExportTraceServiceResponse response(SpanReceipt receipt) {
        int dropped = receipt.rejectedSpans() + receipt.stale();
        if (dropped == 0) {
            return ExportTraceServiceResponse.getDefaultInstance();
        }
        return ExportTraceServiceResponse.newBuilder()
                .setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                        .setRejectedSpans(dropped)
                        .setErrorMessage(receipt.why()))
                .build();
    }

    @Override
    public void refused(Context ctx, int status, String message) {
        OtlpStatus.answer(ctx, status, message);
    }
}
