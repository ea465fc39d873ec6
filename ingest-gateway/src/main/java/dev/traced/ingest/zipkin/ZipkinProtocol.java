package dev.traced.ingest.zipkin;

import dev.traced.ingest.body.BodyBuffer;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.otlp.OtlpSpans;
import dev.traced.ingest.receive.Admission;
import dev.traced.ingest.receive.Protocol;
import dev.traced.ingest.receive.Received;
import dev.traced.ingest.receive.SpanReceipt;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import zipkin2.Span;
import zipkin2.codec.SpanBytesDecoder;

/**
 * {@code POST /api/v2/spans}: a list of Zipkin v2 spans in JSON or proto3, taken whole or not at all. Answers are those of
 * Zipkin's own server: 202 without a body, errors as plain text.
 *
 * @see <a href="https://zipkin.io/zipkin-api/">Zipkin API v2</a>
 */
public final class ZipkinProtocol implements Protocol<SpanReceipt> {
    private static final String PROTOBUF = "application/x-protobuf";
    private static final String NOT_A_LIST = "Expected a JSON_V2 encoded list";

    private final LongSupplier nowNanos;

    /** @param nowNanos Unix nanoseconds: when a span began that does not say so itself */
    public ZipkinProtocol(LongSupplier nowNanos) {
        this.nowNanos = nowNanos;
    }

    @Override
    public Reader<SpanReceipt> reader() {
        return (ctx, body, admission) -> read(ctx.contentType(), body, nowNanos.getAsLong(), admission);
    }

    static Received<SpanReceipt> read(
            @Nullable String contentType, BodyBuffer body, long nowNanos, Admission admission) {
        List<Span> spans = decode(contentType, body);
        Received<SpanReceipt> received = OtlpSpans.receive(ZipkinSpans.toOtlp(spans, nowNanos), admission);
        if (received.receipt().rejectedSpans() > 0) {
            throw new InvalidBatchException(received.receipt().why());
        }
        return received;
    }

    private static List<Span> decode(@Nullable String contentType, BodyBuffer body) {
        if (body.length() == 0) {
            return List.of();
        }
        byte[] bytes = Arrays.copyOf(body.bytes(), body.length());
        boolean isProtobuf =
                contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith(PROTOBUF);
        if (!isProtobuf && firstCharacter(bytes) != '[') {
            throw new InvalidBatchException(NOT_A_LIST);
        }
        try {
            return (isProtobuf ? SpanBytesDecoder.PROTO3 : SpanBytesDecoder.JSON_V2).decodeList(bytes);
        } catch (RuntimeException e) { // the codec does not say which it throws, and hostile bytes find them all
            String message = String.valueOf(e.getMessage());
            throw new InvalidBatchException(
                    e instanceof IllegalArgumentException ? message : "Cannot decode spans: " + message);
        }
    }

    private static char firstCharacter(byte[] bytes) {
        for (byte b : bytes) {
            if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
                return (char) b;
            }
        }
        return 0;
    }

    @Override
    public void accepted(Context ctx, SpanReceipt receipt) {
        ctx.status(202).header(SpanReceipt.HEADER, receipt.counts());
        ctx.res().setContentType(null);
    }

    @Override
    public void refused(Context ctx, int status, String message) {
        ctx.status(status).contentType("text/plain").result(message);
    }
}
