package dev.traced.topics;

import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.Trait;
import dev.traced.model.Trait.Scope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the {@link Trait}s of the spans of a trace; of a span that came twice those of the later arrival. */
public final class SpanTraits {
    private final Consumer<Trait> use;
    private final Map<SpanId, Integer> latest = new HashMap<>();

    private SpanTraits(Consumer<Trait> use) {
        this.use = use;
    }

    /**
     * Tells of the traits of a trace, of those that several spans have several times.
     *
     * @param values the trace's records, in the order of the topic
     * @throws IllegalArgumentException if one of them is not {@code TracesData}
     */
    public static void read(List<byte[]> values, Consumer<Trait> use) {
        List<ResourceSpans> all = new ArrayList<>();
        for (byte[] value : values) {
            TracesData data = SpanDecoder.parse(value);
            all.addAll(data.getResourceSpansList());
        }
        new SpanTraits(use).read(all);
    }

    private void read(List<ResourceSpans> all) {
        int number = 0;
        for (ResourceSpans spans : all) {
            for (ScopeSpans scope : spans.getScopeSpansList()) {
                for (Span span : scope.getSpansList()) {
                    latest.put(SpanDecoder.identity(span), number++);
                }
            }
        }
        number = 0;
        for (ResourceSpans spans : all) {
            String service = Trait.cut(SpanDecoder.serviceName(spans.getResource()));
            boolean hasSpans = false;
            for (ScopeSpans scope : spans.getScopeSpansList()) {
                for (Span span : scope.getSpansList()) {
                    if (latest.getOrDefault(SpanDecoder.identity(span), -1) == number++) {
                        addSpan(service, span);
                        hasSpans = true;
                    }
                }
            }
            if (hasSpans) {
                addResource(service, spans.getResource());
            }
        }
    }

    private void addResource(String service, Resource resource) {
        use.accept(new Trait(Scope.SERVICE, null, "service", service));
        for (KeyValue attribute : resource.getAttributesList()) {
            if (!attribute.getKey().equals(SpanEncoder.SERVICE_NAME)) {
                add(Scope.RESOURCE, service, attribute);
            }
        }
    }

    private void addSpan(String service, Span span) {
        use.accept(new Trait(Scope.OPERATION, null, service, Trait.cut(span.getName())));
        boolean isError = span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR;
        add(Scope.STATUS, service, "status", (isError ? SpanStatus.ERROR : SpanStatus.OK).text());
        String kind = kind(span);
        if (kind != null) {
            add(Scope.KIND, service, "kind", kind);
        }
        for (KeyValue attribute : span.getAttributesList()) {
            add(Scope.SPAN, service, attribute);
        }
    }

    private static @Nullable String kind(Span span) {
        return switch (span.getKind()) {
            case SPAN_KIND_INTERNAL -> "internal";
            case SPAN_KIND_SERVER -> "server";
            case SPAN_KIND_CLIENT -> "client";
            case SPAN_KIND_PRODUCER -> "producer";
            case SPAN_KIND_CONSUMER -> "consumer";
            default -> null;
        };
    }

    private void add(Scope scope, String service, KeyValue attribute) {
        add(scope, service, Trait.cut(attribute.getKey()), Trait.cut(AttributeText.of(attribute.getValue())));
    }

    /** Of the service, and of any. */
    private void add(Scope scope, String service, String key, String value) {
        use.accept(new Trait(scope, null, key, value));
        use.accept(new Trait(scope, service, key, value));
    }
}
