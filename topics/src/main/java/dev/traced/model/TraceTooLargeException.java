package dev.traced.model;

/** There is more of a trace than is read into memory at a time; asking again does not help. */
public final class TraceTooLargeException extends RuntimeException {
    public TraceTooLargeException(String message) {
        super(message, null, false, false);
    }

    /** The message; never null here. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
