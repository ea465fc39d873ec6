package dev.traced.ingest.otlp;

import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.traced.http.HttpProblem;
import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.receive.Receipt;
import dev.traced.ingest.receive.Received;
import dev.traced.ingest.receive.SpanProtocol;
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
public final class OtlpTracesProtocol implements SpanProtocol {
    @Override
    public Reader reader() {
        return (ctx, body, acceptedFromNanos) -> read(OtlpEncoding.of(ctx.contentType()), body, acceptedFromNanos);
    }

    static Received read(OtlpEncoding encoding, BodyBuffer body, long acceptedFromNanos) throws IOException {
        ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
        encoding.read(body, request);
        return OtlpSpans.receive(request.getResourceSpansList(), acceptedFromNanos);
    }

    @Override
    public void accepted(Context ctx, Receipt receipt) {
        OtlpEncoding encoding = OtlpEncoding.of(ctx.contentType());
        ctx.status(200).contentType(encoding.contentType).result(encoding.write(response(receipt)));
    }

    /** A partial success counts everything that was dropped; stale spans too, for their sender should know. */
    static ExportTraceServiceResponse response(Receipt receipt) {
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
        OtlpEncoding encoding = encodingOfAnswer(ctx);
        Status body = Status.newBuilder()
                .setCode(code(status).getNumber())
                .setMessage(message)
                .build();
        ctx.status(status).contentType(encoding.contentType).result(encoding.write(body));
    }

    private static OtlpEncoding encodingOfAnswer(Context ctx) {
        try {
            return OtlpEncoding.of(ctx.contentType());
        } catch (HttpProblem unknown) {
            return OtlpEncoding.JSON;
        }
    }

    private static Code code(int status) {
        return switch (status) {
            case 413 -> Code.RESOURCE_EXHAUSTED;
            case 408 -> Code.DEADLINE_EXCEEDED;
            case 503 -> Code.UNAVAILABLE;
            default -> Code.INVALID_ARGUMENT;
        };
    }
}
