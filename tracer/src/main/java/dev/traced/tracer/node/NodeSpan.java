package dev.traced.tracer.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.traced.tracer.node.wire.Envelope;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/** A span that messages have created: OpenTelemetry's, and how messages speak of it. */
final class NodeSpan {
    private final String id;
    private final Span span;
    private final @Nullable Envelope creator;
    private final @Nullable JsonNode msgId;
    private @Nullable SpanData ended;

    /**
     * An open span.
     *
     * @param id the word span and a number, from 1 on
     * @param creator around the message that created it; null if that was bare
     * @param msgId of that message; null if it had none
     */
    NodeSpan(String id, Span span, @Nullable Envelope creator, @Nullable JsonNode msgId) {
        this.id = id;
        this.span = span;
        this.creator = creator;
        this.msgId = msgId;
    }

    String id() {
        return id;
    }

    Span span() {
        return span;
    }

    @Nullable
    Envelope creator() {
        return creator;
    }

    @Nullable
    JsonNode msgId() {
        return msgId;
    }

    /** What it was when it ended; null while it is open. */
    @Nullable
    SpanData ended() {
        return ended;
    }

    /** What an open span is so far. */
    SpanData soFar() {
        return ((ReadableSpan) span).toSpanData();
    }

    /** @param spans where it comes when it ends */
    SpanData end(StatusCode status, String description, EndedSpans spans) {
        span.setStatus(status, description);
        span.end();
        ended = spans.take().get(0);
        return ended;
    }
}
