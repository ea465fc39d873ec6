package dev.traced.ingest;

import dev.traced.http.HttpProblem;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.body.OverloadedException;
import dev.traced.ingest.body.TooLargeException;
import dev.traced.ingest.publish.UnavailableException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletionException;

/** Why a request was not answered with 202: the few values of a metric's label. */
enum Rejection {
    MALFORMED,
    TOO_LARGE,
    TOO_SLOW,
    ABORTED,
    OVERLOADED,
    UNAVAILABLE,
    FAILED;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Rejection of(Throwable thrown) {
        Throwable e = unwrapped(thrown);
        if (e instanceof InvalidBatchException) {
            return MALFORMED;
        } else if (e instanceof TooLargeException) {
            return TOO_LARGE;
        } else if (e instanceof OverloadedException) {
            return OVERLOADED;
        } else if (e instanceof UnavailableException) {
            return UNAVAILABLE;
        } else if (e instanceof HttpProblem) {
            return TOO_SLOW;
        }
        return e instanceof IOException ? ABORTED : FAILED;
    }

    /** What a future failed with, without the wrapping of {@link java.util.concurrent.CompletableFuture}. */
    static RuntimeException asRuntimeException(Throwable thrown) {
        return unwrapped(thrown) instanceof RuntimeException e ? e : new CompletionException(thrown);
    }

    private static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }
}
