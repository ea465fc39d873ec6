package dev.traced.topics;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.traced.model.SpanId;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A trace as OTLP: each span once, as it arrived last, in the order in which they first arrived, gathered by resource and
 * scope. What came in through OTLP is in it field by field.
 */
public final class OtlpView {
    private static final int SPAN_ID_BYTES = Long.BYTES;

    private OtlpView() {}

    private record ResourceKey(Optional<Resource> resource, String schemaUrl) {}

    private record ScopeKey(Optional<InstrumentationScope> scope, String schemaUrl) {}

    private record Placed(ResourceKey resource, ScopeKey scope, Span span) {}

    /**
     * All that arrived of a trace, as one.
     *
     * @param values record values of topic {@code spans}, in the order of the topic
     * @throws IllegalArgumentException if one is not {@code TracesData}
     */
    public static TracesData of(List<byte[]> values) {
        Map<SpanId, Placed> latest = new LinkedHashMap<>();
        for (byte[] value : values) {
            for (ResourceSpans resourceSpans : parse(value).getResourceSpansList()) {
                ResourceKey resource = new ResourceKey(
                        resourceSpans.hasResource() ? Optional.of(resourceSpans.getResource()) : Optional.empty(),
                        resourceSpans.getSchemaUrl());
                for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
                    ScopeKey scope = new ScopeKey(
                            scopeSpans.hasScope() ? Optional.of(scopeSpans.getScope()) : Optional.empty(),
                            scopeSpans.getSchemaUrl());
                    for (Span span : scopeSpans.getSpansList()) {
                        latest.put(
                                SpanId.from(SpanDecoder.idBytes(span.getSpanId())),
                                new Placed(resource, scope, shown(span)));
                    }
                }
            }
        }
        return gathered(latest);
    }

    private static TracesData parse(byte[] value) {
        try {
            return TracesData.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not OTLP TracesData: " + e.getMessage(), e);
        }
    }

    private static TracesData gathered(Map<SpanId, Placed> spans) {
        Map<ResourceKey, Map<ScopeKey, ScopeSpans.Builder>> groups = new LinkedHashMap<>();
        spans.values().forEach(placed -> groups.computeIfAbsent(placed.resource(), key -> new LinkedHashMap<>())
                .computeIfAbsent(placed.scope(), OtlpView::scopeSpans)
                .addSpans(placed.span()));
        TracesData.Builder data = TracesData.newBuilder();
        groups.forEach((resource, scopes) -> {
            ResourceSpans.Builder group = data.addResourceSpansBuilder().setSchemaUrl(resource.schemaUrl());
            resource.resource().ifPresent(group::setResource);
            scopes.values().forEach(group::addScopeSpans);
        });
        return data.build();
    }

    private static ScopeSpans.Builder scopeSpans(ScopeKey key) {
        ScopeSpans.Builder group = ScopeSpans.newBuilder().setSchemaUrl(key.schemaUrl());
        key.scope().ifPresent(group::setScope);
        return group;
    }

    /** With ids of 8 bytes, as OTLP wants them, and without what is ours alone. */
    private static Span shown(Span span) {
        boolean isOurs = span.getSpanId().size() != SPAN_ID_BYTES
                || span.getParentSpanId().size() > SPAN_ID_BYTES
                || span.getUnknownFields().hasField(SpanEncoder.TAGS_ABSENT_FIELD);
        if (!isOurs) {
            return span;
        }
        Span.Builder shown = span.toBuilder().setSpanId(shortened(span.getSpanId()));
        if (!span.getParentSpanId().isEmpty()) {
            shown.setParentSpanId(shortened(span.getParentSpanId()));
        }
        return shown.setUnknownFields(span.getUnknownFields().toBuilder()
                        .clearField(SpanEncoder.TAGS_ABSENT_FIELD)
                        .build())
                .build();
    }

    private static ByteString shortened(ByteString id) {
        if (id.size() <= SPAN_ID_BYTES) {
            return id;
        }
        return ByteString.copyFrom(ByteBuffer.allocate(SPAN_ID_BYTES)
                .putLong(0, SpanId.from(SpanDecoder.idBytes(id)).to64Bits()));
    }
}
