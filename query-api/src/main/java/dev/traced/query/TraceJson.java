package dev.traced.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answers of the traced contract as JSON. Times are integers in Unix nanoseconds. */
final class TraceJson {
    private static final JsonFactory JSON = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);

    private TraceJson() {}

    /** {@code {"traces":[TraceSummary],"total":N}}. */
    static void write(TracePage page, int limit, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("traces");
            for (TraceSummary trace : page.traces()) {
                write(trace, json);
            }
            json.writeEndArray();
            json.writeNumberField("total", page.total());
            if (page.traces().size() == limit && page.total() > limit) {
                TraceSummary last = page.traces().get(limit - 1);
                json.writeStringField("next_cursor", TraceCursor.behind(last).toString());
            }
            json.writeEndObject();
        }
    }

    private static void write(TraceSummary trace, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("trace_id", trace.traceId().toString());
        writeRoot(trace.rootService(), trace.rootOperation(), trace.startTimeNanos(), trace.endTimeNanos(), json);
        write(trace.spanCount(), trace.status(), trace.shape(), json);
        json.writeEndObject();
    }

    private static void writeRoot(String service, String operation, long start, long end, JsonGenerator json)
            throws IOException {
        json.writeStringField("root_service", service);
        json.writeStringField("root_operation", operation);
        json.writeNumberField("start_time", start);
        json.writeNumberField("end_time", end);
        json.writeNumberField("duration_ms", TraceSummary.durationMs(start, end));
    }

    /** What there is to say of a trace besides its root. */
    private static void write(long spanCount, SpanStatus status, @Nullable TraceShape shape, JsonGenerator json)
            throws IOException {
        json.writeNumberField("span_count", spanCount);
        json.writeStringField("status", status.text());
        json.writeBooleanField("complete", shape != null && shape.isComplete());
        if (shape == null) {
            json.writeBooleanField("open", true);
        } else {
            json.writeNumberField("missing_parents", shape.missingParents());
            write(shape, json);
        }
    }

    /** A line of the list and the trace's {@code revision}; without a root the fields of the root are null. */
    static void write(ClosedTrace trace, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("trace_id", trace.traceId().toString());
            ClosedTrace.Root root = trace.root();
            if (root == null) {
                json.writeNullField("root_service");
                json.writeNullField("root_operation");
                json.writeNullField("start_time");
                json.writeNullField("end_time");
                json.writeNullField("duration_ms");
            } else {
                writeRoot(root.service(), root.operation(), root.startTimeNanos(), root.endTimeNanos(), json);
            }
            write(trace.spanCount(), trace.status(), trace.shape(), json);
            json.writeNumberField("revision", trace.revision());
            json.writeEndObject();
        }
    }

    /** {@code {"missing":[{"partition","first","last"}]}}, the offsets inclusive. */
    static void write(List<LiveTail.Missing> missing, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("missing");
            for (LiveTail.Missing records : missing) {
                json.writeStartObject();
                json.writeNumberField("partition", records.partition());
                json.writeNumberField("first", records.first());
                json.writeNumberField("last", records.end() - 1);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void write(TraceShape shape, JsonGenerator json) throws IOException {
        json.writeNumberField("depth", shape.depth());
        json.writeArrayFieldStart("services");
        for (String service : shape.services()) {
            json.writeString(service);
        }
        json.writeEndArray();
        writeWarnings(shape, json);
    }

    /** What is odd about the times of a trace; absent if nothing is. */
    private static void writeWarnings(TraceShape shape, JsonGenerator json) throws IOException {
        if (!shape.isSkewed() && !shape.hasNegativeDuration()) {
            return;
        }
        json.writeArrayFieldStart("warnings");
        if (shape.isSkewed()) {
            json.writeString("clock_skew");
        }
        if (shape.hasNegativeDuration()) {
            json.writeString("negative_duration");
        }
        json.writeEndArray();
    }

    /** {@code {"trace_id","complete","missing_parents":[span_id],"depth","services":[name],"spans":[Span]}}. */
    static void write(TraceId traceId, TraceDetail trace, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("trace_id", traceId.toString());
            json.writeBooleanField("complete", trace.shape().isComplete());
            json.writeArrayFieldStart("missing_parents");
            for (SpanId missing : trace.missingParents()) {
                json.writeString(missing.toString());
            }
            json.writeEndArray();
            write(trace.shape(), json);
            json.writeArrayFieldStart("spans");
            for (Span span : trace.spans()) {
                write(span, json);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void write(Span span, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("trace_id", span.traceId().toString());
        json.writeStringField("span_id", span.spanId().toString());
        SpanId parent = span.parentSpanId();
        if (parent != null) {
            json.writeStringField("parent_span_id", parent.toString());
        }
        json.writeStringField("service", span.service());
        json.writeStringField("operation", span.operation());
        json.writeNumberField("start_time", span.startTimeNanos());
        json.writeNumberField("end_time", span.endTimeNanos());
        json.writeStringField("status", span.status().text());
        Map<String, String> tags = span.tags();
        if (tags != null) {
            json.writeObjectFieldStart("tags");
            for (Map.Entry<String, String> tag : tags.entrySet()) {
                json.writeStringField(tag.getKey(), tag.getValue());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
