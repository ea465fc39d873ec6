package dev.traced.model;

/** A partition cannot be read now: it is moving, restoring, behind, or its owner is away. Trying again may help. */
public final class NotReadableException extends RuntimeException {
    public NotReadableException(String message) {
        super(message, null, false, false);
    }
}
