package dev.traced.ingest.body;

/** The body, or a span in it, is larger than we take. Sending it again will not help. */
public final class TooLargeException extends RuntimeException {
    public TooLargeException(String message) {
        super(message, null, false, false);
    }
}
