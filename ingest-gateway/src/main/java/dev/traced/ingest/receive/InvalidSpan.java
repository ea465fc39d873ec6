package dev.traced.ingest.receive;

import java.util.Locale;

/** Why a span is left out of a batch of which the rest is taken: the few values of a metric's label. */
public enum InvalidSpan {
    TRACE_ID,
    SPAN_ID,
    PARENT_SPAN_ID,
    TIME,
    TOO_LARGE;

    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
