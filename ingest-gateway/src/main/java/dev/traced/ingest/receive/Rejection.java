package dev.traced.ingest.receive;

import dev.traced.http.HttpProblem;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.body.OverloadedException;
import dev.traced.ingest.body.TooLargeException;
import dev.traced.ingest.publish.UnavailableException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletionException;

/** Why a request was not taken: the few values of a metric's label. */
public enum Rejection {
    MALFORMED,
    TOO_LARGE,
    TOO_SLOW,
    UNSUPPORTED,
    ABORTED,
    OVERLOADED,
    UNAVAILABLE,
    FAILED;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The status of the answer over HTTP; {@code none} where nobody waits for one. */
    String answer() {
        return switch (this) {
            case MALFORMED -> "400";
            case TOO_LARGE -> "413";
            case TOO_SLOW -> "408";
            case UNSUPPORTED -> "415";
            case OVERLOADED, UNAVAILABLE -> "503";
            case FAILED -> "500";
            case ABORTED -> "none";
        };
    }

    public static Rejection of(Throwable thrown) {
        Throwable e = unwrapped(thrown);
        if (e instanceof InvalidBatchException) {
            return MALFORMED;
        } else if (e instanceof TooLargeException) {
            return TOO_LARGE;
        } else if (e instanceof OverloadedException) {
            return OVERLOADED;
        } else if (e instanceof UnavailableException) {
            return UNAVAILABLE;
        } else if (e instanceof HttpProblem problem) {
            return problem.status() == 408 ? TOO_SLOW : UNSUPPORTED;
        }
        return e instanceof IOException ? ABORTED : FAILED;
    }

    /** The HTTP status for it; 0 where there is nobody to answer, or it is our own failure. */
    public static int status(Throwable thrown) {
        return switch (of(thrown)) {
            case MALFORMED -> 400;
            case TOO_LARGE -> 413;
            case OVERLOADED, UNAVAILABLE -> 503;
            case TOO_SLOW, UNSUPPORTED -> unwrapped(thrown) instanceof HttpProblem problem ? problem.status() : 400;
            case ABORTED, FAILED -> 0;
        };
    }

    /** What a future failed with, without the wrapping of {@link java.util.concurrent.CompletableFuture}. */
    public static Throwable unwrapped(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }
}
