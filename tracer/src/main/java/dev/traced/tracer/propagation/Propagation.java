package dev.traced.tracer.propagation;

import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/**
 * Which headers a program reads and writes. It always reads all: W3C Trace Context level 2 and, where a call has no
 * {@code traceparent}, B3, the single header before the multiple ones; and W3C baggage. What a caller has sent wrongly or
 * twice changes nothing in the context that it is extracted into: for a server that is {@code Context.root()}, so that a
 * new trace starts. Nothing here throws for what a caller has sent.
 *
 * <p>The getter's {@code getAll} has to return every line of a header, in order, and the getter has to ignore case if the
 * protocol does; else headers that were sent twice cannot be told.
 */
public final class Propagation {
    /** How the current span is told to those that are called. */
    public enum Format {
        /** {@code traceparent} and {@code tracestate}. */
        W3C,
        /** {@code b3: <trace id>-<span id>-<sampled>[-<parent span id>]}. */
        B3_SINGLE,
        /** {@code X-B3-TraceId}, {@code X-B3-SpanId}, {@code X-B3-ParentSpanId}, {@code X-B3-Sampled}, {@code X-B3-Flags}. */
        B3_MULTI
    }

    private Propagation() {}

    /** Writes W3C Trace Context and baggage. */
    public static ContextPropagators standard() {
        return with(Format.W3C);
    }

    /** Writes the given formats, all of them into every call, and baggage. */
    public static ContextPropagators with(Format first, Format... others) {
        List<TextMapPropagator> written = new ArrayList<>();
        EnumSet.of(first, others).forEach(format -> written.add(propagator(format)));
        written.add(new BaggagePropagator());
        return ContextPropagators.create(new AllFormatsPropagator(TextMapPropagator.composite(written)));
    }

    /**
     * Writes what {@code OTEL_PROPAGATORS} names: {@code tracecontext}, {@code b3}, {@code b3multi} and {@code baggage}, or
     * {@code none}.
     *
     * @throws IllegalArgumentException if it names something else
     */
    public static ContextPropagators named(List<String> names) {
        if (names.equals(List.of("none"))) {
            return ContextPropagators.noop();
        }
        List<TextMapPropagator> written =
                names.stream().distinct().map(Propagation::propagator).toList();
        return ContextPropagators.create(new AllFormatsPropagator(TextMapPropagator.composite(written)));
    }

    private static TextMapPropagator propagator(String name) {
        return switch (name) {
            case "tracecontext" -> propagator(Format.W3C);
            case "b3" -> propagator(Format.B3_SINGLE);
            case "b3multi" -> propagator(Format.B3_MULTI);
            case "baggage" -> new BaggagePropagator();
            default ->
                throw new IllegalArgumentException(
                        "OTEL_PROPAGATORS must be of tracecontext, baggage, b3 and b3multi, or none, was " + name);
        };
    }

    private static TextMapPropagator propagator(Format format) {
        return switch (format) {
            case W3C -> new TraceContextPropagator();
            case B3_SINGLE -> new B3SingleHeader();
            case B3_MULTI -> new B3MultiHeaders();
        };
    }

    /**
     * Samples as the parent is, and as the sampler of roots says where there is none: OpenTelemetry's parent-based sampler,
     * which here also hears what B3 can say beyond it, a decision without a trace, and a trace without a decision. Under
     * other samplers the first of them is lost unless it is "no", and the second is "yes".
     */
    public static Sampler parentBased(Sampler roots) {
        Sampler b3 = new B3Sampler(roots);
        return Sampler.parentBasedBuilder(b3).setRemoteParentSampled(b3).build();
    }
}
