package dev.traced.ingest.body;

/** There is no room for the batch now. Sending it again a little later will help. */
public final class OverloadedException extends RuntimeException {
    public OverloadedException(String message) {
        super(message, null, false, false);
    }
}
