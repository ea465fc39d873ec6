package dev.traced.tracer;

import dev.traced.model.TraceFraction;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/**
 * Keeps the traces whose {@link TraceFraction} is below a rate: the same ones in every process and in the gateway,
 * and at every higher rate too. The SDK's own sampler by trace id goes by the last 56 bits as they are, and so keeps
 * others.
 *
 * @param rate 0..1
 */
record FractionSampler(double rate) implements Sampler {
    private static final int HEX = 16;

    FractionSampler {
        check("sampling rate", rate);
    }

    /** @param name what the rate is called where it was set */
    static double check(String name, double rate) {
        if (!(rate >= 0 && rate <= 1)) {
            throw new IllegalArgumentException(name + " must be 0..1, was " + rate);
        }
        return rate;
    }

    @Override
    public SamplingResult shouldSample(
            Context parent, String traceId, String name, SpanKind kind, Attributes attributes, List<LinkData> links) {
        return keeps(traceId) ? SamplingResult.recordAndSample() : SamplingResult.drop();
    }

    private boolean keeps(String traceId) {
        long high = Long.parseUnsignedLong(traceId, 0, 16, HEX);
        long low = Long.parseUnsignedLong(traceId, 16, 32, HEX);
        return TraceFraction.of(high, low) < rate;
    }

    @Override
    public String getDescription() {
        return "TraceFraction{" + rate + "}";
    }
}
