package dev.traced.ingest;

/** The body, or a span in it, is larger than we take. Sending it again will not help. */
public final class TooLargeException extends RuntimeException {
    TooLargeException(String message) {
        super(message, null, false, false);
    }
}
