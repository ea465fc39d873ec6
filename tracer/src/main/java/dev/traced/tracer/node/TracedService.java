package dev.traced.tracer.node;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A service with a tracing interceptor around it, as an SDK sets one up: each request is a span, below that of the caller if
 * the headers name one, and the next service is called with headers that name this one's.
 */
final class TracedService {
    private static final TextMapGetter<Map<String, String>> GETTER =
            (headers, name) -> headers == null ? null : headers.get(name);

    private final LogicalClock clock;
    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final @Nullable TracedService next;

    /**
     * A service.
     *
     * @param ended is told of its spans
     * @param next the service that each request is passed on to; null for the last
     */
    TracedService(
            String name,
            LogicalClock clock,
            EndedSpans ended,
            ContextPropagators propagators,
            @Nullable TracedService next) {
        this.clock = clock;
        this.tracer = ended.tracer(name, clock);
        this.propagator = propagators.getTextMapPropagator();
        this.next = next;
    }

    /** Each beginning and each end moves the clock. */
    void handle(String spanName, Map<String, String> headers) {
        clock.step();
        Context parent = propagator.extract(Context.root(), headers, GETTER);
        Span span = tracer.spanBuilder(spanName)
                .setSpanKind(SpanKind.SERVER)
                .setParent(parent)
                .startSpan();
        if (next != null) {
            Map<String, String> called = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            propagator.inject(parent.with(span), called, TracedService::set);
            next.handle(spanName, called);
        }
        clock.step();
        span.end();
    }

    private static void set(@Nullable Map<String, String> headers, String name, String value) {
        if (headers != null) {
            headers.put(name, value);
        }
    }
}
