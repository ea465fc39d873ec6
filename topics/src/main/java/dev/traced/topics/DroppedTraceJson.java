package dev.traced.topics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.traced.model.TraceDroppedException;
import dev.traced.model.TraceId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The answer 410 for a trace that was dropped: {@code {"error": "...", "rule": "rest", "dropped_at": 1767225605000000000}}, the
 * time in Unix nanoseconds; to clients, and from an assembler to a query service.
 */
public final class DroppedTraceJson {
    private static final JsonFactory JSON = new JsonFactory();

    private DroppedTraceJson() {}

    public static byte[] write(TraceDroppedException dropped) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("error", dropped.text());
            json.writeStringField("rule", dropped.rule());
            json.writeNumberField("dropped_at", dropped.atNanos());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("into memory", e);
        }
        return out.toByteArray();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException if it is something else
     */
    public static TraceDroppedException read(TraceId traceId, byte[] body) throws IOException {
        String rule = null;
        Long at = null;
        try (JsonParser json = JSON.createParser(body)) {
            String field = "";
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    field = json.currentName();
                } else if (token == JsonToken.VALUE_STRING && field.equals("rule")) {
                    rule = json.getText();
                } else if (token == JsonToken.VALUE_NUMBER_INT && field.equals("dropped_at")) {
                    at = json.getLongValue();
                }
            }
        }
        if (rule == null || at == null) {
            throw new IOException("rule or dropped_at is missing");
        }
        return new TraceDroppedException(traceId, rule, at);
    }
}
