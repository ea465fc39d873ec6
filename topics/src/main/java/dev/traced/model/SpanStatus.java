package dev.traced.model;

/** The status of a span, and of a trace: an error as soon as one of its spans is one. */
public enum SpanStatus {
    OK("ok"),
    ERROR("error");

    private final String text;

    SpanStatus(String text) {
        this.text = text;
    }

    /** The word of the HTTP contract. */
    public String text() {
        return text;
    }
}
