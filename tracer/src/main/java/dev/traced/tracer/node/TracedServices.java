package dev.traced.tracer.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.traced.model.SpanId;
import dev.traced.tracer.node.CollectedTrace.Part;
import dev.traced.tracer.node.source.SpanStarts;
import dev.traced.tracer.node.wire.Fields;
import dev.traced.tracer.node.wire.Message;
import dev.traced.tracer.node.wire.Outbox;
import dev.traced.tracer.propagation.Propagation;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The services that requests go to. Those of one {@code instrument_service} call each other in the order they are named; a
 * request that enters at one of them goes through the rest. A service that is named again is of the later message.
 */
final class TracedServices {
    private static final int MAX_AT_ONCE = 100;
    private static final int MAX_SERVICES = 1000;
    private static final String UNNAMED = "service";

    private final Collector collector;
    private final LogicalClock clock;
    private final Outbox out;
    private final EndedSpans ended = new EndedSpans();
    private final ContextPropagators propagators = Propagation.standard();
    private final TracedService plain;
    private final Map<String, TracedService> byName = new HashMap<>();
    private final Recent<Map<String, TracedService>, Map<String, TracedService>> chains =
            new Recent<>(MAX_SERVICES, chain -> chain.forEach(byName::remove));

    TracedServices(Collector collector, LogicalClock clock, Outbox out) {
        this.collector = collector;
        this.clock = clock;
        this.out = out;
        this.plain = new TracedService(UNNAMED, clock, ended, propagators, null);
    }

    /** With {@code "auto":false} requests to the services are no more than answered, until they are instrumented again. */
    void instrument(Message message) {
        Fields body = message.body();
        List<String> names = new ArrayList<>(new LinkedHashSet<>(body.texts("services")));
        if (names.isEmpty() || names.size() > MAX_AT_ONCE) {
            throw body.wrong("services", "must be 1.." + MAX_AT_ONCE + " services, had " + names.size());
        }
        if (body.flag("auto", true)) {
            wrap(names);
        } else {
            names.forEach(byName::remove);
        }
        ObjectNode answer = message.answer("instrumentation_ok");
        ArrayNode services = answer.putArray("services");
        names.forEach(services::add);
        out.reply(message, answer);
    }

    private void wrap(List<String> names) {
        Map<String, TracedService> chain = new LinkedHashMap<>();
        TracedService next = null;
        for (int i = names.size() - 1; i >= 0; i--) {
            next = new TracedService(names.get(i), clock, ended, propagators, next);
            chain.put(names.get(i), next);
        }
        byName.putAll(chain);
        chains.add(chain, chain, chain.size());
    }

    /** Takes a message of type {@code manual_instrument}. */
    void countSpanStarts(Message message) {
        int starts = SpanStarts.in(message.body().rawText("code"));
        out.reply(message, message.answer("instrumentation_ok").put("spans_created", starts));
    }

    /**
     * A request continues the trace of its {@code traceparent}, or is a new trace: also if that cannot be read, as W3C Trace
     * Context wants it.
     */
    void request(Message message) {
        Fields body = message.body();
        Optional<LooseTraceParent> caller = caller(body);
        Map<String, String> headers = caller.map(
                        parent -> Map.of("traceparent", parent.strict().toString()))
                .orElse(Map.of());
        String name = message.dest() == null ? UNNAMED : message.dest();
        TracedService instrumented = byName.get(name);
        if (instrumented == null) {
            plain.handle(spanName(name), headers);
            respond(message, caller);
        } else {
            String path = body.optionalText("path");
            instrumented.handle(path == null ? "http_request" : path, headers);
            complete(message, caller);
        }
    }

    private static Optional<LooseTraceParent> caller(Fields body) {
        String header = body.has("headers") ? body.object("headers").header("traceparent") : null;
        try {
            return header == null || header.length() > Fields.MAX_TEXT
                    ? Optional.empty()
                    : Optional.of(LooseTraceParent.parse(header));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** {@code span_b} of {@code service_b}. */
    private static String spanName(String service) {
        return "span_" + (service.startsWith("service_") ? service.substring("service_".length()) : service);
    }

    private void respond(Message message, Optional<LooseTraceParent> caller) {
        SpanData span = ended.take().get(0);
        ObjectNode answer = message.answer("http_response");
        answer.putObject("span")
                .put("trace_id", traceId(caller, span))
                .put("span_id", span.getName())
                .put(
                        "parent_span_id",
                        caller.map(LooseTraceParent::parentSpanId).orElse(null));
        out.reply(message, answer);
    }

    private void complete(Message message, Optional<LooseTraceParent> caller) {
        List<SpanData> spans = ended.take();
        String traceId = traceId(caller, spans.get(0));
        ObjectNode answer = message.answer("trace_complete").put("trace_id", traceId);
        ArrayNode services = answer.putArray("services");
        CollectedTrace trace = null;
        for (SpanData span : spans) {
            services.add(EndedSpans.service(span));
            trace = collector.collect(traceId, part(span), message.envelope());
        }
        if (trace != null && trace.size() == spans.size()) {
            collector.closeSilently(trace);
        }
        out.reply(message, answer.put("span_count", spans.size()));
    }

    /** As it came, or the one that the SDK has given. */
    private static String traceId(Optional<LooseTraceParent> caller, SpanData span) {
        return caller.map(LooseTraceParent::traceId).orElse(span.getTraceId());
    }

    private static Part part(SpanData span) {
        @Nullable
        SpanId parent = span.getParentSpanContext().isValid() ? LenientIds.span(span.getParentSpanId()) : null;
        return new Part(
                LenientIds.span(span.getSpanId()),
                parent,
                EndedSpans.service(span),
                span.getStartEpochNanos(),
                span.getEndEpochNanos());
    }
}
