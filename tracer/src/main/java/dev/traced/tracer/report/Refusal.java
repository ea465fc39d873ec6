package dev.traced.tracer.report;

import io.opentelemetry.exporter.internal.FailedExportException.GrpcExportException;
import io.opentelemetry.exporter.internal.FailedExportException.HttpExportException;
import io.opentelemetry.exporter.internal.RetryUtil;
import java.io.EOFException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Why an export failed, and whether it is worth another try. What answers may be retried is OTLP's rule ("Failures"
 * of OTLP/HTTP and OTLP/gRPC). The SDK says what the answer was only in a class it calls internal: this is the one
 * place that knows it.
 *
 * @param reason a line for the log
 */
record Refusal(Kind kind, String reason) {
    enum Kind {
        /** The collector is away or busy: it may take the same again later. */
        LATER,
        /** It answered that it does not want it. */
        FINAL,
        /** Neither: worth a few tries. */
        UNCLEAR
    }

    static Refusal of(@Nullable Throwable failure) {
        if (failure instanceof HttpExportException http && http.getResponse() != null) {
            int code = http.getResponse().getStatusCode();
            boolean later = RetryUtil.retryableHttpResponseCodes().contains(code);
            return new Refusal(later ? Kind.LATER : Kind.FINAL, "HTTP status " + code);
        }
        if (failure instanceof GrpcExportException grpc && grpc.getResponse() != null) {
            int code = grpc.getResponse().getStatusCode().getValue();
            boolean later = RetryUtil.retryableGrpcStatusCodes().contains(Integer.toString(code));
            return new Refusal(later ? Kind.LATER : Kind.FINAL, "gRPC status " + code);
        }
        if (failure instanceof Error) {
            return new Refusal(Kind.FINAL, failure.toString()); // of this program: the same again would not help
        }
        Throwable cause = failure != null && failure.getCause() != null ? failure.getCause() : failure;
        return new Refusal(isOfTheNetwork(cause) ? Kind.LATER : Kind.UNCLEAR, String.valueOf(cause));
    }

    private static boolean isOfTheNetwork(@Nullable Throwable cause) {
        boolean hungUp = cause != null && cause.getCause() instanceof EOFException;
        return hungUp
                || cause instanceof SocketException
                || cause instanceof InterruptedIOException // of a time-out
                || cause instanceof UnknownHostException;
    }
}
