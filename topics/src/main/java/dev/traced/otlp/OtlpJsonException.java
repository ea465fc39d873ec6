package dev.traced.otlp;

import org.jspecify.annotations.Nullable;

/** A document that is not the JSON form of an OTLP message. */
public final class OtlpJsonException extends RuntimeException {
    OtlpJsonException(String message) {
        this(message, null);
    }

    OtlpJsonException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
