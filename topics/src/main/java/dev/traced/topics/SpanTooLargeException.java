package dev.traced.topics;

import dev.traced.model.Span;

/** A single span that does not fit into a record. */
public final class SpanTooLargeException extends RuntimeException {
    private final transient Span span;

    SpanTooLargeException(Span span, int bytes) {
        super("span_id " + span.spanId() + " takes " + bytes + " bytes; the limit is " + SpanEncoder.MAX_BYTES);
        this.span = span;
    }

    /** The very span that was given to be encoded. */
    public Span span() {
        return span;
    }
}
