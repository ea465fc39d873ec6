package dev.traced.ingest.otlp;

import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.traced.http.HttpProblem;
import io.javalin.http.Context;

/** Errors of OTLP over HTTP: {@code google.rpc.Status} in the request's encoding, JSON where that is unknown. */
final class OtlpStatus {
    private OtlpStatus() {}

    static void answer(Context ctx, int status, String message) {
        OtlpEncoding encoding = encodingOfAnswer(ctx);
        Status body = Status.newBuilder()
                .setCode(code(status).getNumber())
                .setMessage(message)
                .build();
        encoding.answer(ctx, status, body);
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
