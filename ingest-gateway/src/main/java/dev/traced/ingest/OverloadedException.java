package dev.traced.ingest;

/** There is no room for the batch now. Sending it again a little later will help. */
public final class OverloadedException extends RuntimeException {
    OverloadedException(String message) {
        super(message, null, false, false);
    }
}
