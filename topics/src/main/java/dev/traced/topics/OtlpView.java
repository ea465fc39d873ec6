package dev.traced.topics;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
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
import org.jspecify.annotations.Nullable;

/**
 * A trace as OTLP: each span once, as it arrived last, in the order in which they first arrived, gathered by resource and
 * scope. What came in through OTLP is in it field by field.
 */
public final class OtlpView {
    private OtlpView() {}

    private record ResourceKey(Optional<Resource> resource, String schemaUrl) {}

    private record ScopeKey(Optional<InstrumentationScope> scope, String schemaUrl) {}

    private record Placed(ResourceKey resource, ScopeKey scope, Span span) {
        String service() {
            return resource.resource().map(SpanDecoder::serviceName).orElse("");
        }

        Placed shownAs(SpanId identity, CallHalves halves) {
            SpanId parent =
                    span.getParentSpanId().isEmpty() ? null : SpanId.from(SpanDecoder.idBytes(span.getParentSpanId()));
            return new Placed(
                    resource,
                    scope,
                    shown(span, halves.shownId(identity), halves.shownParent(identity, parent, this::service)));
        }
    }

    /**
     * All that arrived of a trace, as one.
     *
     * @param values record values of topic {@code spans}, in the order of the topic
     * @throws IllegalArgumentException if one is not {@code TracesData}
     */
    public static TracesData of(List<byte[]> values) {
        Map<SpanId, Placed> latest = new LinkedHashMap<>();
        for (byte[] value : values) {
            for (ResourceSpans resourceSpans : SpanDecoder.parse(value).getResourceSpansList()) {
                ResourceKey resource = new ResourceKey(
                        resourceSpans.hasResource() ? Optional.of(resourceSpans.getResource()) : Optional.empty(),
                        resourceSpans.getSchemaUrl());
                for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
                    ScopeKey scope = new ScopeKey(
                            scopeSpans.hasScope() ? Optional.of(scopeSpans.getScope()) : Optional.empty(),
                            scopeSpans.getSchemaUrl());
                    for (Span span : scopeSpans.getSpansList()) {
                        latest.put(SpanDecoder.identity(span), new Placed(resource, scope, span));
                    }
                }
            }
        }
        CallHalves halves = new CallHalves(identity -> {
            Placed placed = latest.get(identity);
            return placed == null ? null : placed.service();
        });
        latest.replaceAll((identity, placed) -> placed.shownAs(identity, halves));
        return gathered(latest);
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
    private static Span shown(Span span, SpanId id, @Nullable SpanId parent) {
        ByteString shownId = bytes(id);
        ByteString shownParent = parent == null ? ByteString.EMPTY : bytes(parent);
        UnknownFieldSet unknown = span.getUnknownFields();
        boolean hasOurs = unknown.hasField(SpanEncoder.TAGS_ABSENT_FIELD) || unknown.hasField(SpanEncoder.SHARED_FIELD);
        if (!hasOurs && shownId.equals(span.getSpanId()) && shownParent.equals(span.getParentSpanId())) {
            return span;
        }
        return span.toBuilder()
                .setSpanId(shownId)
                .setParentSpanId(shownParent)
                .setUnknownFields(unknown.toBuilder()
                        .clearField(SpanEncoder.TAGS_ABSENT_FIELD)
                        .clearField(SpanEncoder.SHARED_FIELD)
                        .build())
                .build();
    }

    private static ByteString bytes(SpanId id) {
        return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(0, id.to64Bits()));
    }
}
