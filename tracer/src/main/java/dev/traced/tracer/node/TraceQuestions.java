package dev.traced.tracer.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.traced.model.SpanId;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import dev.traced.tracer.node.wire.Fields;
import dev.traced.tracer.node.wire.Message;
import dev.traced.tracer.node.wire.Outbox;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be asked of traces: those that were collected, and those that a question brings itself. */
final class TraceQuestions {
    private static final double NANOS_PER_MS = 1e6;

    private final Collector collector;
    private final LogicalClock clock;
    private final Outbox out;

    TraceQuestions(Collector collector, LogicalClock clock, Outbox out) {
        this.collector = collector;
        this.clock = clock;
        this.out = out;
    }

    /**
     * Counts the traces, closed or not, that have a span of a service (or of any), and whose newest span came within a time
     * (or ever), by the node's clock. The average is of their roots; it is 0 without any.
     */
    void query(Message message) {
        Fields body = message.body();
        String service = body.optionalText("service");
        Duration range = body.has("time_range") ? TimeRange.of(body, "time_range") : null;
        List<CollectedTrace> found = collector.traces().stream()
                .filter(trace -> range == null || age(trace).compareTo(range) <= 0)
                .filter(trace -> service == null || trace.hasService(service))
                .toList();
        double average = found.stream()
                .flatMap(trace -> trace.durationNanos().stream())
                .mapToLong(Long::longValue)
                .average()
                .orElse(0);
        ObjectNode answer = message.answer("query_results").put("traces", found.size());
        double averageMs = Math.rint(average / NANOS_PER_MS * 1000) / 1000;
        if (averageMs == Math.rint(averageMs)) {
            answer.put("avg_duration_ms", (long) averageMs); // 45, not 45.0
        } else {
            answer.put("avg_duration_ms", averageMs);
        }
        out.reply(message, answer);
    }

    private Duration age(CollectedTrace trace) {
        return Duration.ofNanos(clock.now() - trace.lastNanos());
    }

    /** The tree of the spans in a message; of spans of several traces that of each, in the order they come. */
    void reconstruct(Message message) {
        Fields body = message.body();
        Map<TraceId, Tree> trees = new LinkedHashMap<>();
        for (Fields span : body.objects("spans")) {
            String traceId = span.text("trace_id");
            trees.computeIfAbsent(LenientIds.trace(traceId), id -> new Tree(traceId, new TraceShape.Builder()))
                    .add(span);
        }
        if (trees.isEmpty()) {
            throw body.wrong("spans", "must have a span, had none");
        }
        for (Tree tree : trees.values()) {
            TraceShape shape = tree.spans.build();
            out.reply(
                    message,
                    message.answer("trace_tree_ok")
                            .put("trace_id", tree.traceId)
                            .put("span_count", tree.spans.spans().size())
                            .put("depth", shape.depth()));
        }
    }

    private record Tree(String traceId, TraceShape.Builder spans) {
        void add(Fields span) {
            String parent = span.optionalId(span.has("parent") ? "parent" : "parent_span_id");
            @Nullable SpanId parentId = parent == null ? null : LenientIds.span(parent);
            spans.add(LenientIds.span(span.text("span_id")), parentId, "", 0, 0);
        }
    }
}
