package dev.traced.topics;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The value of a record of topic {@code spans}: OTLP {@code TracesData} with the spans that one request brought of one
 * trace, in the order they arrived. A new {@code ResourceSpans} begins wherever the service changes, so that the order
 * survives. Ids are 16 bytes where the sender's are UUIDs; OTLP fixes 8 for a span id, the topic does not.
 *
 * <p>The bytes are written by hand from the field numbers of the generated classes: building the messages first costs
 * three times as much, and this is the hot path of the gateway.
 */
public final class SpanEncoder {
    /** A record stays under this size, so that it and what is derived from it fit Kafka's default limit of 1 MiB. */
    public static final int MAX_BYTES = 512 * 1024;

    static final String SERVICE_NAME = "service.name";
    /** Our own field of an OTLP span, a bool: the sender sent no tags, which differs from an empty object. */
    static final int TAGS_ABSENT_FIELD = 1000;

    /**
     * On a span that its sender marked as the half of a call whose other half has the same id; a boolean. What is of kind
     * SERVER is told apart without it.
     */
    public static final int SHARED_FIELD = 1001;

    private static final int TRACE_ID = io.opentelemetry.proto.trace.v1.Span.TRACE_ID_FIELD_NUMBER;
    private static final int SPAN_ID = io.opentelemetry.proto.trace.v1.Span.SPAN_ID_FIELD_NUMBER;
    private static final int PARENT_SPAN_ID = io.opentelemetry.proto.trace.v1.Span.PARENT_SPAN_ID_FIELD_NUMBER;
    private static final int NAME = io.opentelemetry.proto.trace.v1.Span.NAME_FIELD_NUMBER;
    private static final int START_TIME = io.opentelemetry.proto.trace.v1.Span.START_TIME_UNIX_NANO_FIELD_NUMBER;
    private static final int END_TIME = io.opentelemetry.proto.trace.v1.Span.END_TIME_UNIX_NANO_FIELD_NUMBER;
    private static final int ATTRIBUTES = io.opentelemetry.proto.trace.v1.Span.ATTRIBUTES_FIELD_NUMBER;
    private static final int STATUS = io.opentelemetry.proto.trace.v1.Span.STATUS_FIELD_NUMBER;

    private static final int ID_FIELD_SIZE = 2 + TraceId.BYTES;
    private static final int TIME_FIELD_SIZE = 1 + Long.BYTES;
    private static final int STATUS_FIELD_SIZE = 2 + 2;

    private SpanEncoder() {}

    /**
     * The spans of one trace as record values, in order; more than one where one would exceed {@link #MAX_BYTES}.
     *
     * @throws SpanTooLargeException if a single span exceeds it
     */
    public static List<byte[]> encode(List<Span> spans) {
        int[] sizes = new int[spans.size()]; // of the span messages; computing them is half of the work
        List<byte[]> values = new ArrayList<>(1);
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < spans.size(); i++) {
            sizes[i] = spanSize(spans.get(i));
            int alone = resourceSpansSize(spans.get(i).service(), fieldSize(ScopeSpans.SPANS_FIELD_NUMBER, sizes[i]));
            if (alone > MAX_BYTES) {
                throw new SpanTooLargeException(spans.get(i), alone);
            }
            if (bytes + alone > MAX_BYTES) {
                values.add(encode(spans, sizes, from, i));
                from = i;
                bytes = 0;
            }
            bytes += alone;
        }
        values.add(encode(spans, sizes, from, spans.size()));
        return values;
    }

    private static byte[] encode(List<Span> spans, int[] sizes, int first, int last) {
        int size = 0;
        for (int from = first, to; from < last; from = to) {
            to = endOfRun(spans, from, last);
            size += resourceSpansSize(spans.get(from).service(), spanFieldsSize(sizes, from, to));
        }
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            for (int from = first, to; from < last; from = to) {
                to = endOfRun(spans, from, last);
                writeResourceSpans(out, spans, sizes, from, to);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an array of the computed size was too small", e);
        }
        return bytes;
    }

    private static int endOfRun(List<Span> spans, int from, int last) {
        String service = spans.get(from).service();
        int to = from + 1;
        while (to < last && spans.get(to).service().equals(service)) {
            to++;
        }
        return to;
    }

    private static void writeResourceSpans(CodedOutputStream out, List<Span> spans, int[] sizes, int from, int to)
            throws IOException {
        String service = spans.get(from).service();
        int spansSize = spanFieldsSize(sizes, from, to);
        int attribute = attributeSize(SERVICE_NAME, service);
        int resource = fieldSize(Resource.ATTRIBUTES_FIELD_NUMBER, attribute);
        int scope = fieldSize(ResourceSpans.SCOPE_SPANS_FIELD_NUMBER, spansSize);
        writeHeader(
                out,
                TracesData.RESOURCE_SPANS_FIELD_NUMBER,
                fieldSize(ResourceSpans.RESOURCE_FIELD_NUMBER, resource) + scope);
        writeHeader(out, ResourceSpans.RESOURCE_FIELD_NUMBER, resource);
        writeAttribute(out, Resource.ATTRIBUTES_FIELD_NUMBER, SERVICE_NAME, service);
        writeHeader(out, ResourceSpans.SCOPE_SPANS_FIELD_NUMBER, spansSize);
        for (int i = from; i < to; i++) {
            writeSpan(out, spans.get(i), sizes[i]);
        }
    }

    private static void writeSpan(CodedOutputStream out, Span span, int size) throws IOException {
        writeHeader(out, ScopeSpans.SPANS_FIELD_NUMBER, size);
        writeId(out, TRACE_ID, span.traceId().high(), span.traceId().low());
        writeId(out, SPAN_ID, span.spanId().high(), span.spanId().low());
        SpanId parent = span.parentSpanId();
        if (parent != null) {
            writeId(out, PARENT_SPAN_ID, parent.high(), parent.low());
        }
        if (!span.operation().isEmpty()) {
            out.writeString(NAME, span.operation());
        }
        out.writeFixed64(START_TIME, span.startTimeNanos());
        out.writeFixed64(END_TIME, span.endTimeNanos());
        if (span.tags() != null) {
            for (Map.Entry<String, String> tag : span.tags().entrySet()) {
                writeAttribute(out, ATTRIBUTES, tag.getKey(), tag.getValue());
            }
        }
        writeHeader(out, STATUS, 2);
        out.writeEnum(Status.CODE_FIELD_NUMBER, statusCode(span));
        if (span.tags() == null) {
            out.writeBool(TAGS_ABSENT_FIELD, true);
        }
    }

    private static int statusCode(Span span) {
        return span.status() == SpanStatus.ERROR
                ? Status.StatusCode.STATUS_CODE_ERROR_VALUE
                : Status.StatusCode.STATUS_CODE_OK_VALUE;
    }

    private static int spanSize(Span span) {
        int size = 2 * ID_FIELD_SIZE + 2 * TIME_FIELD_SIZE + STATUS_FIELD_SIZE;
        if (span.parentSpanId() != null) {
            size += ID_FIELD_SIZE;
        }
        if (!span.operation().isEmpty()) {
            size += CodedOutputStream.computeStringSize(NAME, span.operation());
        }
        if (span.tags() == null) {
            return size + CodedOutputStream.computeBoolSize(TAGS_ABSENT_FIELD, true);
        }
        for (Map.Entry<String, String> tag : span.tags().entrySet()) {
            size += fieldSize(ATTRIBUTES, attributeSize(tag.getKey(), tag.getValue()));
        }
        return size;
    }

    private static int spanFieldsSize(int[] sizes, int from, int to) {
        int size = 0;
        for (int i = from; i < to; i++) {
            size += fieldSize(ScopeSpans.SPANS_FIELD_NUMBER, sizes[i]);
        }
        return size;
    }

    private static int resourceSpansSize(String service, int spansSize) {
        int resource = fieldSize(Resource.ATTRIBUTES_FIELD_NUMBER, attributeSize(SERVICE_NAME, service));
        return fieldSize(
                TracesData.RESOURCE_SPANS_FIELD_NUMBER,
                fieldSize(ResourceSpans.RESOURCE_FIELD_NUMBER, resource)
                        + fieldSize(ResourceSpans.SCOPE_SPANS_FIELD_NUMBER, spansSize));
    }

    private static int attributeSize(String key, String value) {
        int any = CodedOutputStream.computeStringSize(AnyValue.STRING_VALUE_FIELD_NUMBER, value);
        return CodedOutputStream.computeStringSize(KeyValue.KEY_FIELD_NUMBER, key)
                + fieldSize(KeyValue.VALUE_FIELD_NUMBER, any);
    }

    private static void writeAttribute(CodedOutputStream out, int field, String key, String value) throws IOException {
        int any = CodedOutputStream.computeStringSize(AnyValue.STRING_VALUE_FIELD_NUMBER, value);
        int keySize = CodedOutputStream.computeStringSize(KeyValue.KEY_FIELD_NUMBER, key);
        writeHeader(out, field, keySize + fieldSize(KeyValue.VALUE_FIELD_NUMBER, any));
        out.writeString(KeyValue.KEY_FIELD_NUMBER, key);
        writeHeader(out, KeyValue.VALUE_FIELD_NUMBER, any);
        out.writeString(AnyValue.STRING_VALUE_FIELD_NUMBER, value);
    }

    private static void writeId(CodedOutputStream out, int field, long high, long low) throws IOException {
        writeHeader(out, field, TraceId.BYTES);
        out.writeFixed64NoTag(Long.reverseBytes(high));
        out.writeFixed64NoTag(Long.reverseBytes(low));
    }

    private static int fieldSize(int field, int size) {
        return CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(size) + size;
    }

    private static void writeHeader(CodedOutputStream out, int field, int size) throws IOException {
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(size);
    }
}
