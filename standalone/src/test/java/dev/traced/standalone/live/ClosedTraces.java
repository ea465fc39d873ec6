package dev.traced.standalone.live;

import com.google.protobuf.ByteString;
import dev.traced.model.TraceId;
import dev.traced.topics.Topics;
import dev.traced.topics.TraceEvent;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Events as an assembler writes them. */
final class ClosedTraces {
    static final long START = 1_767_225_600_000_000_000L;

    private ClosedTraces() {}

    /** A span; {@code parent} 0 for none. */
    static ResourceSpans span(int id, int parent, String service, String operation, long durationMs, String... tags) {
        Span.Builder span = Span.newBuilder()
                .setTraceId(ByteString.copyFrom(new byte[16]))
                .setSpanId(id(id))
                .setName(operation)
                .setStartTimeUnixNano(START + id)
                .setEndTimeUnixNano(START + id + durationMs * 1_000_000);
        if (parent != 0) {
            span.setParentSpanId(id(parent));
        }
        for (String tag : tags) {
            if (tag.equals("error")) {
                span.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
            } else {
                int colon = tag.indexOf(':');
                span.addAttributes(attribute(tag.substring(0, colon), tag.substring(colon + 1)));
            }
        }
        ResourceSpans.Builder spans = ResourceSpans.newBuilder();
        spans.getResourceBuilder().addAttributes(attribute("service.name", service));
        return spans.addScopeSpans(ScopeSpans.newBuilder().addSpans(span)).build();
    }

    private static ByteString id(int id) {
        return ByteString.copyFrom(ByteBuffer.allocate(8).putLong(0, id));
    }

    private static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    /** The event of a trace of these spans. */
    static ProducerRecord<byte[], byte[]> event(int partition, long trace, int revision, ResourceSpans... spans) {
        return parts(partition, trace, revision, List.of(List.of(spans))).get(0);
    }

    /** The events of a trace in parts. */
    static List<ProducerRecord<byte[], byte[]>> parts(
            int partition, long trace, int revision, List<List<ResourceSpans>> parts) {
        TraceId id = new TraceId(7, trace);
        int count = parts.stream().mapToInt(List::size).sum();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (List<ResourceSpans> part : parts) {
            TraceEvent event = new TraceEvent(
                    id,
                    revision == 1 ? TraceEvent.Kind.TRACE_COMPLETE : TraceEvent.Kind.UPDATE_TRACE,
                    revision,
                    count,
                    null,
                    List.of(),
                    records.size() + 1,
                    parts.size(),
                    TracesData.newBuilder().addAllResourceSpans(part).build().toByteString());
            records.add(new ProducerRecord<>(
                    Topics.TRACES, partition, id.toBytes(), event.value().toByteArray(), event.headers()));
        }
        return records;
    }
}
