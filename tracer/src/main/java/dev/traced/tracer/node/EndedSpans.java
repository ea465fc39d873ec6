package dev.traced.tracer.node;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The spans that ended since they were last taken. */
final class EndedSpans implements SpanProcessor {
    private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");

    private final List<SpanData> ended = new ArrayList<>();

    /** A tracer of a service, whose spans come here. It keeps all: what thins traces here is their sampling rate. */
    Tracer tracer(String service, Clock clock) {
        return SdkTracerProvider.builder()
                .setClock(clock)
                .setSampler(Sampler.alwaysOn())
                .setResource(Resource.create(Attributes.of(SERVICE_NAME, service)))
                .addSpanProcessor(this)
                .build()
                .get("dev.traced.tracer.node");
    }

    /** Which service a span is of. */
    static String service(SpanData span) {
        return String.valueOf(span.getResource().getAttribute(SERVICE_NAME));
    }

    /** In the order they started. */
    List<SpanData> take() {
        List<SpanData> taken = ended.stream()
                .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos))
                .toList();
        ended.clear();
        return taken;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        ended.add(span.toSpanData());
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }
}
