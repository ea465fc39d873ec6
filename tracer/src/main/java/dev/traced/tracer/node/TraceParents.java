package dev.traced.tracer.node;

import dev.traced.tracer.node.wire.Fields;
import dev.traced.tracer.node.wire.Message;
import dev.traced.tracer.node.wire.Outbox;
import dev.traced.tracer.node.wire.RefusedException;
import dev.traced.tracer.node.wire.RefusedException.Code;

/** Reads and writes {@code traceparent} headers for messages. */
final class TraceParents {
    private static final String FIELD = "traceparent";

    private final Outbox out;

    TraceParents(Outbox out) {
        this.out = out;
    }

    void parse(Message message) {
        Fields body = message.body();
        LooseTraceParent parsed = read(body.text(FIELD));
        out.reply(
                message,
                message.answer("parse_ok")
                        .put("trace_id", parsed.traceId())
                        .put("parent_span_id", parsed.parentSpanId())
                        .put("sampled", parsed.strict().isSampled()));
    }

    /**
     * Writes what {@link #parse} reads: {@code trace_id}, {@code parent_span_id} (or {@code span_id}) and {@code sampled},
     * true if it is not there. Ids stay as they are, as long as they can be read again.
     */
    void generate(Message message) {
        Fields body = message.body();
        String spanField = body.has("span_id") ? "span_id" : "parent_span_id";
        String flags = body.flag("sampled", true) ? "01" : "00";
        String header = String.join("-", "00", id(body, "trace_id"), id(body, spanField), flags);
        read(header);
        out.reply(message, message.answer("traceparent_ok").put(FIELD, header));
    }

    private static LooseTraceParent read(String header) {
        try {
            return LooseTraceParent.parse(header);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(Code.MALFORMED_REQUEST, String.valueOf(e.getMessage()));
        }
    }

    private static String id(Fields body, String name) {
        String id = body.text(name);
        if (id.indexOf('-') >= 0) {
            throw body.wrong(name, "must have no dash, was \"" + id + '"');
        }
        return id;
    }
}
