package dev.traced.tracer.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.traced.tracer.node.wire.Envelope;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The spans that messages have created, by what messages call them: by its id, or by the {@code msg_id} of the message that
 * created it, alone ({@code 7} or {@code "7"}) or behind the word ({@code "span7"}). A name that is an id means that span;
 * of several messages with one {@code msg_id} the last counts.
 */
final class SpanNames {
    private static final String WORD = "span";
    private static final long EMPTY = 2000;

    private final Recent<String, NodeSpan> byId;
    private final Map<String, NodeSpan> byMsgId = new HashMap<>();

    /** @param bytes what the spans may take; the oldest go, ended or not */
    SpanNames(long bytes) {
        byId = new Recent<>(bytes, this::forget);
    }

    void add(NodeSpan span) {
        byId.add(span.id(), span, EMPTY + Envelope.bytes(span.creator()));
        String msgId = text(span.msgId());
        if (msgId != null) {
            byMsgId.put(msgId, span);
        }
    }

    /** Says that a span takes more. */
    void grow(NodeSpan span, long bytes) {
        byId.grow(span.id(), bytes);
    }

    /** @param name text or a number */
    @Nullable
    NodeSpan find(JsonNode name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        NodeSpan span = byId.get(text);
        if (span == null) {
            span = byMsgId.get(text);
        }
        if (span == null && text.startsWith(WORD)) {
            span = byMsgId.get(text.substring(WORD.length()));
        }
        return span;
    }

    /** Only what can be part of a name. */
    private static @Nullable String text(@Nullable JsonNode name) {
        return name != null && (name.isTextual() || name.isIntegralNumber()) ? name.asText() : null;
    }

    private void forget(NodeSpan span) {
        String msgId = text(span.msgId());
        if (msgId != null) {
            byMsgId.remove(msgId, span);
        }
    }
}
