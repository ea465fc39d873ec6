package dev.traced.ingest.body;

/** The body is not what the contract asks for. The message is for the client; there is no stack trace to be had. */
public final class InvalidBatchException extends RuntimeException {
    public InvalidBatchException(String message) {
        super(message, null, false, false);
    }
}
