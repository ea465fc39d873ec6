package dev.traced.tracer.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.traced.model.TraceId;
import dev.traced.tracer.node.wire.Fields;
import dev.traced.tracer.node.wire.Message;
import dev.traced.tracer.node.wire.Outbox;
import dev.traced.tracer.node.wire.RefusedException;
import dev.traced.tracer.node.wire.RefusedException.Code;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Log lines by the trace they belong to. */
final class Logs {
    private static final int LINE_BYTES = 400;
    private static final String UNNAMED = "service";

    private final Outbox out;
    private final Recent<Line, Line> lines;
    private final Map<TraceId, Deque<Line>> byTrace = new HashMap<>();

    /** A class, since two lines that say the same are two. */
    private static final class Line {
        private final String service;
        private final String message;
        private final String traceId;

        Line(String service, String message, String traceId) {
            this.service = service;
            this.message = message;
            this.traceId = traceId;
        }

        long bytes() {
            return LINE_BYTES + 2L * (service.length() + message.length() + traceId.length());
        }
    }

    /** @param bytes what the lines may take; the oldest go */
    Logs(Outbox out, long bytes) {
        this.out = out;
        this.lines = new Recent<>(bytes, this::forget);
    }

    /** Takes a message of type {@code log}. */
    void log(Message message) {
        Fields body = message.body();
        String service = body.optionalText("service");
        Line line = new Line(service == null ? UNNAMED : service, body.rawText("message"), body.text("trace_id"));
        if (!lines.canGrow(line, line.bytes())) {
            throw new RefusedException(Code.TEMPORARILY_UNAVAILABLE, "message is too long to be kept");
        }
        byTrace.computeIfAbsent(LenientIds.trace(line.traceId), id -> new ArrayDeque<>(2))
                .add(line);
        lines.add(line, line, line.bytes());
        out.reply(message, message.answer("log_ok"));
    }

    /** Takes a message of type {@code search_logs}: all lines of a trace that are kept, in the order they came. */
    void search(Message message) {
        Deque<Line> found = byTrace.get(LenientIds.trace(message.body().text("trace_id")));
        ObjectNode answer = message.answer("search_results");
        ArrayNode logs = answer.putArray("logs");
        if (found != null) {
            found.forEach(line -> logs.addObject()
                    .put("service", line.service)
                    .put("message", line.message)
                    .put("trace_id", line.traceId));
        }
        out.reply(message, answer);
    }

    /** The oldest of all is the oldest of its trace. */
    private void forget(Line line) {
        TraceId id = LenientIds.trace(line.traceId);
        Deque<Line> ofTrace = byTrace.get(id);
        if (ofTrace != null) {
            ofTrace.remove(line);
            if (ofTrace.isEmpty()) {
                byTrace.remove(id);
            }
        }
    }
}
