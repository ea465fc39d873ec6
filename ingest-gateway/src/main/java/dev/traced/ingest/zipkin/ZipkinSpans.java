package dev.traced.ingest.zipkin;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.traced.ingest.otlp.OtlpSpans;
import dev.traced.topics.CallHalves;
import dev.traced.topics.SpanEncoder;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span.Event;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import zipkin2.Annotation;
import zipkin2.Endpoint;
import zipkin2.Span;

/**
 * Zipkin spans as OTLP, by OpenTelemetry's mapping read backwards; what OTLP has no field for is an attribute.
 *
 * <p>The two halves of a call may share one span id in Zipkin. They keep it here; whoever shows the trace tells them apart,
 * see {@link CallHalves}.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/">OpenTelemetry to Zipkin</a>
 */
final class ZipkinSpans {
    private static final UnknownFieldSet SHARED = UnknownFieldSet.newBuilder()
            .addField(
                    SpanEncoder.SHARED_FIELD,
                    UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .build();

    private ZipkinSpans() {}

    /** The spans in their order, with a resource for each stretch of spans of one service. */
    static List<ResourceSpans> toOtlp(List<Span> spans, long nowNanos) {
        List<ResourceSpans> resources = new ArrayList<>();
        for (int from = 0; from < spans.size(); ) {
            String service = spans.get(from).localServiceName();
            ScopeSpans.Builder scope = ScopeSpans.newBuilder();
            int to = from;
            while (to < spans.size() && java.util.Objects.equals(spans.get(to).localServiceName(), service)) {
                scope.addSpans(toOtlp(spans.get(to), nowNanos));
                to++;
            }
            ResourceSpans.Builder resource = ResourceSpans.newBuilder().addScopeSpans(scope);
            if (service != null) {
                resource.setResource(Resource.newBuilder().addAttributes(text("service.name", service)));
            }
            resources.add(resource.build());
            from = to;
        }
        return resources;
    }

    private static io.opentelemetry.proto.trace.v1.Span toOtlp(Span span, long nowNanos) {
        io.opentelemetry.proto.trace.v1.Span.Builder otlp = io.opentelemetry.proto.trace.v1.Span.newBuilder();
        otlp.setTraceId(traceId(span.traceId()));
        otlp.setSpanId(bytes(Long.parseUnsignedLong(span.id(), 16)));
        if (span.parentId() != null) {
            otlp.setParentSpanId(bytes(Long.parseUnsignedLong(span.parentId(), 16)));
        }
        if (span.name() != null) {
            otlp.setName(span.name());
        }
        otlp.setKind(kind(span.kind()));
        if (Boolean.TRUE.equals(span.shared())) {
            otlp.addAttributes(flag("zipkin.shared"));
            otlp.setUnknownFields(SHARED);
            if (span.kind() == null) {
                otlp.setKind(SpanKind.SPAN_KIND_SERVER);
            }
        }
        // Without a time it is of now: it must not count as one from 1970.
        long start = span.timestampAsLong() == 0 ? nowNanos : TimeUnit.MICROSECONDS.toNanos(span.timestampAsLong());
        long duration = TimeUnit.MICROSECONDS.toNanos(span.durationAsLong());
        otlp.setStartTimeUnixNano(start);
        otlp.setEndTimeUnixNano(start + Math.min(duration, Long.MAX_VALUE - start));
        if (span.timestampAsLong() == 0) {
            otlp.addAttributes(flag("zipkin.timestamp_missing"));
        }
        for (Annotation annotation : span.annotations()) {
            otlp.addEvents(Event.newBuilder()
                    .setTimeUnixNano(Math.max(0, TimeUnit.MICROSECONDS.toNanos(annotation.timestamp())))
                    .setName(annotation.value()));
        }
        for (Map.Entry<String, String> tag : span.tags().entrySet()) {
            otlp.addAttributes(text(tag.getKey(), tag.getValue()));
        }
        addEndpoint(otlp, span.localEndpoint(), "local");
        addEndpoint(otlp, span.remoteEndpoint(), "peer");
        if (span.remoteServiceName() != null) {
            otlp.addAttributes(text("peer.service", span.remoteServiceName()));
        }
        if (Boolean.TRUE.equals(span.debug())) {
            otlp.addAttributes(flag("zipkin.debug"));
            otlp.setFlags(OtlpSpans.SAMPLED); // B3: debug implies an accept decision
        }
        return setStatus(otlp, span.tags()).build();
    }

    /** 64 bits are 128 whose high half is 0: services of both widths are in one trace. */
    private static ByteString traceId(String hex) {
        int lowAt = hex.length() - 16;
        ByteBuffer id = ByteBuffer.allocate(2 * Long.BYTES);
        id.putLong(lowAt == 0 ? 0 : Long.parseUnsignedLong(hex.substring(0, lowAt), 16));
        id.putLong(Long.parseUnsignedLong(hex.substring(lowAt), 16));
        return ByteString.copyFrom(id.flip());
    }

    private static ByteString bytes(long id) {
        return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(0, id));
    }

    private static SpanKind kind(Span.@Nullable Kind kind) {
        if (kind == null) {
            return SpanKind.SPAN_KIND_UNSPECIFIED;
        }
        return switch (kind) {
            case CLIENT -> SpanKind.SPAN_KIND_CLIENT;
            case SERVER -> SpanKind.SPAN_KIND_SERVER;
            case PRODUCER -> SpanKind.SPAN_KIND_PRODUCER;
            case CONSUMER -> SpanKind.SPAN_KIND_CONSUMER;
        };
    }

    private static io.opentelemetry.proto.trace.v1.Span.Builder setStatus(
            io.opentelemetry.proto.trace.v1.Span.Builder otlp, Map<String, String> tags) {
        String error = tags.get("error");
        if (error != null) {
            return otlp.setStatus(Status.newBuilder()
                    .setCode(Status.StatusCode.STATUS_CODE_ERROR)
                    .setMessage(error));
        }
        return "OK".equals(tags.get("otel.status_code"))
                ? otlp.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_OK))
                : otlp;
    }

    /** An endpoint of Zipkin may have two addresses and one of OpenTelemetry has one: the other is Zipkin's own. */
    private static void addEndpoint(
            io.opentelemetry.proto.trace.v1.Span.Builder otlp, @Nullable Endpoint endpoint, String side) {
        if (endpoint == null) {
            return;
        }
        String address = endpoint.ipv4() != null ? endpoint.ipv4() : endpoint.ipv6();
        if (address != null) {
            otlp.addAttributes(text("network." + side + ".address", address));
        }
        if (endpoint.ipv4() != null && endpoint.ipv6() != null) {
            otlp.addAttributes(text("zipkin." + side + ".ipv6", endpoint.ipv6()));
        }
        if (endpoint.portAsInt() != 0) {
            otlp.addAttributes(KeyValue.newBuilder()
                    .setKey("network." + side + ".port")
                    .setValue(AnyValue.newBuilder().setIntValue(endpoint.portAsInt())));
        }
    }

    private static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    private static KeyValue flag(String key) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setBoolValue(true))
                .build();
    }
}
