package dev.traced.tracer.node.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** A message to the node: {@code {"src","dest","body":{"type",...,"msg_id"?}}}, or just a body. */
public final class Message {
    private final JsonNode whole;
    private final JsonNode inner;
    private final @Nullable Envelope envelope;

    private Message(JsonNode whole, JsonNode inner, @Nullable Envelope envelope) {
        this.whole = whole;
        this.inner = inner;
        this.envelope = envelope;
    }

    /**
     * Reads a line.
     *
     * @throws RefusedException if it is no JSON object, or does not say in text from whom and to whom it is
     */
    public static Message read(byte[] line) {
        JsonNode json = Json.read(line);
        Fields outside = Fields.of(json);
        return outside.has("body")
                ? new Message(
                        json, json.get("body"), new Envelope(outside.optionalText("src"), outside.optionalText("dest")))
                : new Message(json, json, null);
    }

    /** Null around a bare body. */
    public @Nullable Envelope envelope() {
        return envelope;
    }

    /** To whom it is; null if it does not say. */
    public @Nullable String dest() {
        return envelope == null ? null : envelope.dest();
    }

    /** @throws RefusedException if the body is no object */
    public Fields body() {
        if (!inner.isObject()) {
            throw RefusedException.malformed("body must be an object, was " + Fields.shown(inner));
        }
        return Fields.of(inner);
    }

    /** What is beside the body; of a bare message the body. */
    public Fields outside() {
        return Fields.of(whole);
    }

    /** As it came; null if there is none. */
    public @Nullable JsonNode msgId() {
        return inner.hasNonNull("msg_id") ? inner.get("msg_id") : null;
    }

    /** The beginning of an answer to this. */
    public ObjectNode answer(String type) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("type", type);
        JsonNode msgId = msgId();
        return msgId == null ? answer : answer.set("in_reply_to", msgId);
    }
}
