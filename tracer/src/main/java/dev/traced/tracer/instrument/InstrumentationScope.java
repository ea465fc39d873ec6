package dev.traced.tracer.instrument;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.TextMapPropagator;

/** What makes the spans of this package, and writes and reads their context: looked up once, since it is asked at every request. */
record InstrumentationScope(Tracer tracer, TextMapPropagator propagator) {
    private static final String NAME = "dev.traced.tracer.instrument";

    static InstrumentationScope of(OpenTelemetry telemetry) {
        return new InstrumentationScope(
                telemetry.getTracer(NAME), telemetry.getPropagators().getTextMapPropagator());
    }
}
