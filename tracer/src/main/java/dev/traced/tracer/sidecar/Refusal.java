package dev.traced.tracer.sidecar;

import io.vertx.core.http.ConnectionPoolTooBusyException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * An answer that the sidecar gives in place of the service.
 *
 * @param status of HTTP
 * @param reason one line for whoever reads the answer or the span
 * @param type the span's {@code error.type}
 */
record Refusal(int status, String reason, String type) {
    static final Refusal CONNECT = new Refusal(405, "CONNECT is for forward proxies; this is none", "405");
    static final Refusal NO_HOST = new Refusal(400, "a request of HTTP/1.1 must have one header Host", "400");
    static final Refusal SLOW_CLIENT = new Refusal(408, "the body of the request did not come in time", "408");
    static final Refusal UNKNOWN_CODING = new Refusal(501, "Transfer-Encoding must be chunked", "501");

    static Refusal slow(URI upstream, Duration timeout) {
        return new Refusal(504, upstream + " has not answered within " + timeout.toSeconds() + " s", "timeout");
    }

    /** What went wrong before the service answered. */
    static Refusal of(URI upstream, Throwable cause) {
        String type = cause.getClass().getName();
        if (cause instanceof ConnectionPoolTooBusyException) {
            return new Refusal(503, "too many requests wait for " + upstream, type);
        }
        if (cause instanceof ConnectException || cause instanceof UnknownHostException) {
            return new Refusal(502, upstream + " cannot be reached: " + oneLine(cause), type);
        }
        return new Refusal(502, upstream + " gave no answer: " + oneLine(cause), type);
    }

    private static String oneLine(Throwable cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }
}
