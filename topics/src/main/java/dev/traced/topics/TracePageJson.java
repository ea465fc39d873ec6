package dev.traced.topics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of traces between an assembler and a query service: {@code {"total":N,"traces":[[trace_id, service, operation,
 * start_time, end_time, span_count, status, shape], ...]}}, times in Unix nanoseconds; the shape is {@code [has_root,
 * missing_parents, depth, skewed, negative_duration, service, ...]}, of an open trace an empty array.
 */
public final class TracePageJson {
    private static final JsonFactory JSON = new JsonFactory();

    private TracePageJson() {}

    public static void write(TracePage page, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("total", page.total());
            json.writeArrayFieldStart("traces");
            for (TraceSummary trace : page.traces()) {
                json.writeStartArray();
                json.writeString(trace.traceId().toString());
                json.writeString(trace.rootService());
                json.writeString(trace.rootOperation());
                json.writeNumber(trace.startTimeNanos());
                json.writeNumber(trace.endTimeNanos());
                json.writeNumber(trace.spanCount());
                json.writeString(trace.status().text());
                json.writeStartArray();
                if (trace.shape() != null) {
                    write(trace.shape(), json);
                }
                json.writeEndArray();
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void write(TraceShape shape, JsonGenerator json) throws IOException {
        json.writeBoolean(shape.hasRoot());
        json.writeNumber(shape.missingParents());
        json.writeNumber(shape.depth());
        json.writeBoolean(shape.isSkewed());
        json.writeBoolean(shape.hasNegativeDuration());
        for (String service : shape.services()) {
            json.writeString(service);
        }
    }

    private static @Nullable TraceShape readShape(JsonParser json) throws IOException {
        expect(json.nextToken() == JsonToken.START_ARRAY);
        if (json.nextToken() == JsonToken.END_ARRAY) {
            return null;
        }
        boolean hasRoot = json.getBooleanValue();
        int missing = json.nextIntValue(0);
        int depth = json.nextIntValue(0);
        boolean isSkewed = Boolean.TRUE.equals(json.nextBooleanValue());
        boolean hasNegativeDuration = Boolean.TRUE.equals(json.nextBooleanValue());
        List<String> services = new ArrayList<>();
        while (json.nextToken() == JsonToken.VALUE_STRING) {
            services.add(json.getText());
        }
        expect(json.currentToken() == JsonToken.END_ARRAY);
        return new TraceShape(hasRoot, missing, depth, services, isSkewed, hasNegativeDuration);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException also if it is something else
     */
    public static TracePage read(InputStream in) throws IOException {
        try (JsonParser json = JSON.createParser(in)) {
            expect(json.nextToken() == JsonToken.START_OBJECT && "total".equals(json.nextFieldName()));
            json.nextToken();
            long total = json.getLongValue();
            expect("traces".equals(json.nextFieldName()) && json.nextToken() == JsonToken.START_ARRAY);
            List<TraceSummary> traces = new ArrayList<>();
            while (json.nextToken() == JsonToken.START_ARRAY) {
                traces.add(readTrace(json));
            }
            expect(json.currentToken() == JsonToken.END_ARRAY && json.nextToken() == JsonToken.END_OBJECT);
            return new TracePage(traces, total);
        }
    }

    private static TraceSummary readTrace(JsonParser json) throws IOException {
        String id = json.nextTextValue();
        expect(id != null && TraceId.isValid(id));
        TraceSummary trace = new TraceSummary(
                TraceId.parse(id),
                text(json),
                text(json),
                json.nextLongValue(0),
                json.nextLongValue(0),
                json.nextLongValue(0),
                text(json).equals(SpanStatus.ERROR.text()) ? SpanStatus.ERROR : SpanStatus.OK,
                readShape(json));
        expect(json.nextToken() == JsonToken.END_ARRAY);
        return trace;
    }

    private static String text(JsonParser json) throws IOException {
        String text = json.nextTextValue();
        expect(text != null);
        return String.valueOf(text);
    }

    private static void expect(boolean met) throws IOException {
        if (!met) {
            throw new IOException("not a page of traces");
        }
    }
}
