package dev.traced.topics;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of topic {@code spans} as the traced contract shows them, whoever wrote them: attributes of any type are
 * text there, and what else OTLP knows of a span is not shown.
 */
public final class SpanDecoder {
    private SpanDecoder() {}

    /**
     * All spans of a value, in order, as the traced contract shows them.
     *
     * @throws IllegalArgumentException if the bytes are not {@code TracesData}
     */
    public static List<Span> decode(byte[] value) {
        List<Span> spans = new ArrayList<>();
        decode(value, (identity, span) -> spans.add(span));
        return spans;
    }

    /**
     * All spans of a value, in order, each with what tells it from others of its trace.
     *
     * @throws IllegalArgumentException if the bytes are not {@code TracesData}
     */
    public static void decode(byte[] value, BiConsumer<SpanId, Span> use) {
        TracesData data = parse(value);
        for (ResourceSpans resourceSpans : data.getResourceSpansList()) {
            String service = serviceName(resourceSpans.getResource());
            for (ScopeSpans scopeSpans : resourceSpans.getScopeSpansList()) {
                scopeSpans.getSpansList().forEach(span -> use.accept(identity(span), decode(span, service)));
            }
        }
    }

    /**
     * Text that is not UTF-8 is shown with replacement characters.
     *
     * @throws IllegalArgumentException if the bytes are not {@code TracesData}
     */
    static TracesData parse(byte[] value) {
        try {
            return TracesData.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            return parseWellFormed(value);
        }
    }

    private static TracesData parseWellFormed(byte[] value) {
        try {
            return TracesData.parseFrom(
                    WellFormedText.in(UnsafeByteOperations.unsafeWrap(value), TracesData.getDescriptor()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not OTLP TracesData: " + e.getMessage(), e);
        }
    }

    /** What tells the span from others of its trace. */
    static SpanId identity(io.opentelemetry.proto.trace.v1.Span span) {
        SpanId id = SpanId.from(idBytes(span.getSpanId()));
        boolean isServerHalf = span.getKind() == SpanKind.SPAN_KIND_SERVER
                || span.getUnknownFields().hasField(SpanEncoder.SHARED_FIELD);
        return isServerHalf ? id.serverHalf() : id;
    }

    private static Span decode(io.opentelemetry.proto.trace.v1.Span span, String service) {
        ByteBuffer trace = idBytes(span.getTraceId());
        ByteString parent = span.getParentSpanId();
        return new Span(
                TraceId.from(trace),
                SpanId.from(idBytes(span.getSpanId())),
                parent.isEmpty() ? null : SpanId.from(idBytes(parent)),
                service,
                span.getName(),
                span.getStartTimeUnixNano(),
                span.getEndTimeUnixNano(),
                span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR ? SpanStatus.ERROR : SpanStatus.OK,
                tags(span));
    }

    private static @Nullable Map<String, String> tags(io.opentelemetry.proto.trace.v1.Span span) {
        if (span.getUnknownFields().hasField(SpanEncoder.TAGS_ABSENT_FIELD)) {
            return null;
        }
        Map<String, String> tags = new LinkedHashMap<>();
        for (KeyValue attribute : span.getAttributesList()) {
            tags.put(attribute.getKey(), AttributeText.of(attribute.getValue()));
        }
        return tags;
    }

    /** Attribute {@code service.name} as text; empty where there is none. */
    public static String serviceName(Resource resource) {
        for (KeyValue attribute : resource.getAttributesList()) {
            if (attribute.getKey().equals(SpanEncoder.SERVICE_NAME)) {
                return AttributeText.of(attribute.getValue());
            }
        }
        return "";
    }

    /** An id of 8 or 16 bytes as 16, the short one right-aligned. */
    static ByteBuffer idBytes(ByteString id) {
        ByteBuffer bytes = ByteBuffer.allocate(TraceId.BYTES);
        id.copyTo(bytes.array(), TraceId.BYTES - id.size());
        return bytes;
    }
}
