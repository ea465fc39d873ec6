package dev.traced.tracer.propagation;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * W3C Trace Context level 2. OpenTelemetry's own reads the first line of each header only, so that it goes on with one of
 * two traces where it has to start a new one, and loses a part of the {@code tracestate}.
 */
final class TraceContextPropagator implements TextMapPropagator {
    static final String TRACEPARENT = "traceparent";
    private static final String TRACESTATE = "tracestate";

    @Override
    public Collection<String> fields() {
        return List.of(TRACEPARENT, TRACESTATE);
    }

    @Override
    public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
        SpanContext span = Span.fromContext(context).getSpanContext();
        if (!span.isValid()) {
            return;
        }
        setter.set(carrier, TRACEPARENT, TraceParent.of(span).toString());
        String state = TraceStateHeader.format(span.getTraceState());
        if (!state.isEmpty()) {
            setter.set(carrier, TRACESTATE, state);
        }
    }

    @Override
    public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
        return extract(context, getter.getAll(carrier, TRACEPARENT), carrier, getter);
    }

    /** It runs for each request: so no chain of an Optional's steps, which are slow where C1 alone compiles. */
    static <C> Context extract(
            Context context, Iterator<String> parents, @Nullable C carrier, TextMapGetter<C> getter) {
        String first = parents.hasNext() ? parents.next() : null;
        if (first == null || parents.hasNext()) {
            return context;
        }
        SpanContext caller = TraceParent.caller(
                OptionalWhitespace.strip(first), TraceStateHeader.parse(getter.getAll(carrier, TRACESTATE)));
        return caller.isValid() ? context.with(Span.wrap(caller)) : context;
    }
}
