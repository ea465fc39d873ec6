package dev.traced.testing.verify.wire;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What came back for one request: a value when the answer is the contract's success, else the reason why there is none.
 *
 * @param status the HTTP status; 0 when there was no answer at all (refused, reset, timed out)
 * @param value null unless the request succeeded and the body is well formed
 * @param error the server's text, or what was wrong with its answer; empty on success
 * @param isUnavailable no answer, a 503, or a list that says it is not complete: asking again may help
 * @param retryAfter of a 503; null where the header is missing
 * @param tookNanos from before sending to after the last byte
 */
public record Answer<T>(
        int status,
        @Nullable T value,
        String error,
        boolean isUnavailable,
        @Nullable Duration retryAfter,
        long tookNanos) {

    public boolean isOk() {
        return value != null;
    }

    /** The value, where the caller wants an exception for anything else. */
    public T orThrow() {
        if (value == null) {
            throw new IllegalStateException(problem());
        }
        return value;
    }

    /** For a report: status and text. */
    public String problem() {
        return status == 0 ? "no answer: " + error : status + " " + error;
    }
}
