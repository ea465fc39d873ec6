package dev.traced.ingest.publish;

import org.jspecify.annotations.Nullable;

/** Kafka did not acknowledge the batch, or would not. The cause is what the producer said, if it said anything. */
public final class UnavailableException extends RuntimeException {
    public UnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
    }
}
