package dev.traced.tracer.propagation;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collection;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Reads whichever format a call has its trace in, and its baggage; writes what it was told to. */
record AllFormatsPropagator(TextMapPropagator written) implements TextMapPropagator {
    private static final TextMapPropagator B3_SINGLE = new B3SingleHeader();
    private static final TextMapPropagator B3_MULTI = new B3MultiHeaders();
    private static final TextMapPropagator BAGGAGE = new BaggagePropagator();

    @Override
    public Collection<String> fields() {
        return written.fields();
    }

    @Override
    public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
        written.inject(context, carrier, setter);
    }

    @Override
    public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
        return BAGGAGE.extract(extractTrace(context, carrier, getter), carrier, getter);
    }

    /** A broken traceparent starts a new trace (W3C's processing model), so it keeps B3 from being read as a right one does. */
    private static <C> Context extractTrace(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
        Iterator<String> parents = getter.getAll(carrier, TraceContextPropagator.TRACEPARENT);
        if (parents.hasNext()) {
            return TraceContextPropagator.extract(context, parents, carrier, getter);
        }
        Context found = B3_SINGLE.extract(context, carrier, getter);
        return found == context ? B3_MULTI.extract(context, carrier, getter) : found;
    }
}
