package dev.traced.tracer.node.wire;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Where answers go, each a line, and each at once: whoever waits for one may be at the other end of the pipe. */
public final class Outbox {
    private final OutputStream out;

    public Outbox(OutputStream out) {
        this.out = out;
    }

    /** Answers a message: in an envelope if it came in one. */
    public void reply(Message question, ObjectNode body) {
        send(question.envelope(), body);
    }

    /** Answers what is wrong with a message. */
    public void refuse(Message question, RefusedException refused) {
        reply(question, error(question.answer("error"), refused));
    }

    /** The same where nobody knows who sent it. */
    public void refuse(RefusedException refused) {
        send(null, error(JsonNodeFactory.instance.objectNode().put("type", "error"), refused));
    }

    private static ObjectNode error(ObjectNode answer, RefusedException refused) {
        return answer.put("code", refused.code().number()).put("text", refused.getMessage());
    }

    /**
     * Sends to whoever a message came from.
     *
     * @param of that message's; null for a bare one
     * @throws UncheckedIOException if nobody reads
     */
    public void send(@Nullable Envelope of, ObjectNode body) {
        try {
            out.write(Json.write(of == null ? body : back(of, body)));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The way that a message came, backwards. */
    private static ObjectNode back(Envelope envelope, ObjectNode body) {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        if (envelope.dest() != null) {
            message.put("src", envelope.dest());
        }
        if (envelope.src() != null) {
            message.put("dest", envelope.src());
        }
        return message.set("body", body);
    }
}
