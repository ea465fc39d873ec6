package dev.traced.ingest.otlp;

import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.receive.LogReceipt;
import dev.traced.ingest.receive.Protocol;
import dev.traced.ingest.receive.Received;
import io.javalin.http.Context;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import java.io.IOException;

/** {@code POST /v1/logs}: what belongs to a trace is kept, sampled or not; the rest is taken and counted. */
public final class OtlpLogsProtocol implements Protocol<LogReceipt> {
    @Override
    public Reader<LogReceipt> reader() {
        return (ctx, body, admission) -> read(OtlpEncoding.of(ctx.contentType()), body, admission.fromNanos());
    }

    static Received<LogReceipt> read(OtlpEncoding encoding, BodyBuffer body, long acceptedFromNanos)
            throws IOException {
        return encoding.read(
                body,
                ExportLogsServiceRequest.newBuilder(),
                request -> OtlpLogs.receive(request.getResourceLogsList(), acceptedFromNanos));
    }

    @Override
    public void accepted(Context ctx, LogReceipt receipt) {
        OtlpEncoding encoding = OtlpEncoding.of(ctx.contentType());
        encoding.answer(ctx, 200, response(receipt));
    }

    static ExportLogsServiceResponse response(LogReceipt receipt) {
        int dropped = receipt.stale() + receipt.tooLarge();
        if (dropped == 0) {
            return ExportLogsServiceResponse.getDefaultInstance();
        }
        return ExportLogsServiceResponse.newBuilder()
                .setPartialSuccess(ExportLogsPartialSuccess.newBuilder()
                        .setRejectedLogRecords(dropped)
                        .setErrorMessage(receipt.why()))
                .build();
    }

    @Override
    public void refused(Context ctx, int status, String message) {
        OtlpStatus.answer(ctx, status, message);
    }
}
