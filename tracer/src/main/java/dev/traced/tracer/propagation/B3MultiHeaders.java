package dev.traced.tracer.propagation;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Headers {@code X-B3-TraceId} and so on. If one is broken, all are as none. */
final class B3MultiHeaders implements TextMapPropagator {
    private static final String TRACE_ID = "X-B3-TraceId";
    private static final String SPAN_ID = "X-B3-SpanId";
    private static final String PARENT_SPAN_ID = "X-B3-ParentSpanId";
    private static final String SAMPLED = "X-B3-Sampled";
    private static final String FLAGS = "X-B3-Flags";
    private static final String DEBUG = "1";

    @Override
    public Collection<String> fields() {
        return List.of(TRACE_ID, SPAN_ID, PARENT_SPAN_ID, SAMPLED, FLAGS);
    }

    @Override
    public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
        B3 b3 = B3.from(context);
        if (b3 != null) {
            inject(b3, carrier, setter);
        }
    }

    private static <C> void inject(B3 b3, @Nullable C carrier, TextMapSetter<C> setter) {
        setter.set(carrier, TRACE_ID, b3.traceId());
        setter.set(carrier, SPAN_ID, b3.spanId());
        if (b3.parentSpanId() != null) {
            setter.set(carrier, PARENT_SPAN_ID, b3.parentSpanId());
        }
        switch (b3.state()) {
            case DEBUG -> setter.set(carrier, FLAGS, DEBUG);
            case ACCEPT, DENY -> setter.set(carrier, SAMPLED, b3.state().code());
            case DEFER -> {} // by saying nothing
        }
    }

    @Override
    public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
        SamplingState state = state(carrier, getter);
        B3 b3 = state == null ? null : read(state, carrier, getter);
        return b3 == null ? context : b3.in(context);
    }

    private static <C> @Nullable B3 read(SamplingState state, @Nullable C carrier, TextMapGetter<C> getter) {
        String traceId = get(TRACE_ID, carrier, getter);
        String spanId = get(SPAN_ID, carrier, getter);
        if (traceId != null && spanId != null) {
            return B3.of(traceId, spanId, get(PARENT_SPAN_ID, carrier, getter), state);
        }
        boolean stateAlone = traceId == null && spanId == null && state != SamplingState.DEFER;
        return stateAlone ? B3.of(state) : null;
    }

    /** Null if it is broken. Those before the specification wrote true and false. */
    private static <C> @Nullable SamplingState state(@Nullable C carrier, TextMapGetter<C> getter) {
        if (DEBUG.equals(get(FLAGS, carrier, getter))) {
            return SamplingState.DEBUG;
        }
        String sampled = get(SAMPLED, carrier, getter);
        if (sampled == null) {
            return SamplingState.DEFER;
        }
        return switch (sampled) {
            case "1", "true" -> SamplingState.ACCEPT;
            case "0", "false" -> SamplingState.DENY;
            default -> null;
        };
    }

    /** Where names are case-sensitive, as on Kafka, there are those who write them in lower case. */
    private static <C> @Nullable String get(String name, @Nullable C carrier, TextMapGetter<C> getter) {
        String value = getter.get(carrier, name);
        String found = value == null ? getter.get(carrier, name.toLowerCase(Locale.ROOT)) : value;
        return found == null ? null : OptionalWhitespace.strip(found);
    }
}
