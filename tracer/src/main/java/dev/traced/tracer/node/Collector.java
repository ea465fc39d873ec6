package dev.traced.tracer.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.traced.model.TraceId;
import dev.traced.tracer.node.CollectedTrace.Part;
import dev.traced.tracer.node.wire.Envelope;
import dev.traced.tracer.node.wire.Fields;
import dev.traced.tracer.node.wire.Message;
import dev.traced.tracer.node.wire.Outbox;
import dev.traced.tracer.node.wire.RefusedException;
import dev.traced.tracer.node.wire.RefusedException.Code;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Assembles spans into traces. A trace closes once nothing comes any more and its root and all parents are there; it closes
 * again, with the new count, after a late span. What closes is told to whoever sent the root. A trace that must go to make
 * room closes first, if it can.
 */
final class Collector {
    private static final int TRACE_BYTES = 700;
    private static final int SPAN_BYTES = 300;

    private final LogicalClock clock;
    private final Outbox out;
    private final Recent<TraceId, CollectedTrace> traces;
    private final Set<CollectedTrace> changed = new LinkedHashSet<>();

    /** @param bytes what the traces may take; the oldest go */
    Collector(LogicalClock clock, Outbox out, long bytes) {
        this.clock = clock;
        this.out = out;
        this.traces = new Recent<>(bytes, this::forget);
    }

    /** Takes a message of type {@code span}. */
    void span(Message message) {
        Fields body = message.body();
        String traceId = body.text("trace_id");
        Part span = Part.of(body);
        SamplingRate rate = SamplingRate.of(message);
        ObjectNode answer = message.answer("span_accepted");
        if (rate.keeps(LenientIds.trace(traceId))) {
            CollectedTrace trace = collect(traceId, span, message.envelope());
            answer.put("sampled", true);
            if (trace.hasClosed()) {
                answer.put("action", "update_trace");
            }
        } else {
            answer.put("sampled", false).put("reason", rate.reason());
        }
        out.reply(message, answer);
    }

    /**
     * Adds a span to its trace.
     *
     * @param sender around the message that brings it
     * @throws RefusedException if its trace would be larger than all may be
     */
    CollectedTrace collect(String traceId, Part span, @Nullable Envelope sender) {
        TraceId id = LenientIds.trace(traceId);
        long bytes = SPAN_BYTES + 2L * span.service().length() + Envelope.bytes(span.parent() == null ? sender : null);
        long traceBytes = TRACE_BYTES + 2L * traceId.length();
        if (!traces.canGrow(id, traceBytes + bytes)) {
            throw new RefusedException(
                    Code.TEMPORARILY_UNAVAILABLE, "trace_id names a trace that is too large for more: " + traceId);
        }
        CollectedTrace trace = traces.get(id);
        if (trace == null) {
            trace = new CollectedTrace(traceId);
            traces.add(id, trace, traceBytes);
        }
        int before = trace.size();
        trace.add(span, sender, clock.now());
        traces.grow(id, bytes * (trace.size() - before));
        changed.add(trace);
        return trace;
    }

    Collection<CollectedTrace> traces() {
        return traces.values();
    }

    /** Nothing has come for a while, or will come any more: what is complete closes. */
    void quiet() {
        changed.forEach(this::close);
        changed.clear();
    }

    /** Closes a trace, if it can, whose sender is told in another way. */
    void closeSilently(CollectedTrace trace) {
        if (trace.isComplete()) {
            trace.close();
            changed.remove(trace);
        }
    }

    private void forget(CollectedTrace trace) {
        if (changed.remove(trace)) {
            close(trace);
        }
    }

    private void close(CollectedTrace trace) {
        if (trace.isComplete()) {
            trace.close();
            out.send(
                    trace.rootSender(),
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("type", "trace_complete")
                            .put("trace_id", trace.id())
                            .put("span_count", trace.size()));
        }
    }
}
