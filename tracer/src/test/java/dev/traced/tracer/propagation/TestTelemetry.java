package dev.traced.tracer.propagation;

import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;

/** OpenTelemetry's SDK with the propagators under test. */
final class TestTelemetry {
    private TestTelemetry() {}

    static OpenTelemetrySdk with(ContextPropagators propagators) {
        return with(propagators, Sampler.alwaysOn());
    }

    /** Without an exporter the SDK makes no spans at all; the spans stay in this one. */
    static OpenTelemetrySdk with(ContextPropagators propagators, Sampler roots) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(Propagation.parentBased(roots))
                        .addSpanProcessor(SimpleSpanProcessor.create(InMemorySpanExporter.create()))
                        .build())
                .setPropagators(propagators)
                .build();
    }
}
