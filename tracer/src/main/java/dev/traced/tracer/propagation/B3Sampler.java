package dev.traced.tracer.propagation;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/**
 * Decides where a B3 caller has said something that a span context cannot hold: it has sampled a trace which we start, or
 * leaves the decision about its own to us. For roots, and for children of what a caller has sampled.
 */
record B3Sampler(Sampler roots) implements Sampler {
    @Override
    public SamplingResult shouldSample(
            Context parent,
            String traceId,
            String name,
            SpanKind kind,
            Attributes attributes,
            List<LinkData> parentLinks) {
        return isDecided(parent)
                ? SamplingResult.recordAndSample()
                : roots.shouldSample(parent, traceId, name, kind, attributes, parentLinks);
    }

    private static boolean isDecided(Context parent) {
        SamplingState state = SamplingState.of(parent);
        boolean isRoot = !Span.fromContext(parent).getSpanContext().isValid();
        return isRoot ? state != null : state != SamplingState.DEFER;
    }

    @Override
    public String getDescription() {
        return "B3Sampler{" + roots.getDescription() + '}';
    }
}
