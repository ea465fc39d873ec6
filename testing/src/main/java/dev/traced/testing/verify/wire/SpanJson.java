package dev.traced.testing.verify.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Renders the body of {@code POST /spans}. */
public final class SpanJson {

    private static final JsonFactory JSON = new JsonFactory();

    private SpanJson() {}

    /** Each field written the obvious way. */
    public static byte[] plain(List<WireSpan> spans) {
        return render(spans, (out, span) -> write(out, span, Spelling.PLAIN));
    }

    /** The spellings the contract allows as well: ids in upper case, a null parent, unknown properties. The same spans give the same bytes. */
    public static byte[] varied(List<WireSpan> spans) {
        return render(spans, (out, span) -> write(out, span, Spelling.of(span)));
    }

    private static byte[] render(List<WireSpan> spans, SpanWriter writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(spans.size() * 400);
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            out.writeArrayFieldStart("spans");
            for (WireSpan span : spans) {
                writer.write(out, span);
            }
            out.writeEndArray();
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator out, WireSpan span, Spelling spelling) throws IOException {
        out.writeStartObject();
        out.writeStringField("trace_id", spelling.id(span.traceId()));
        out.writeStringField("span_id", spelling.id(span.spanId()));
        if (span.parentSpanId() != null) {
            out.writeStringField("parent_span_id", spelling.id(span.parentSpanId()));
        } else if (spelling == Spelling.NULL_PARENT) {
            out.writeNullField("parent_span_id");
        }
        out.writeStringField("service", span.service());
        out.writeStringField("operation", span.operation());
        out.writeNumberField("start_time", span.startTimeNanos());
        out.writeNumberField("end_time", span.endTimeNanos());
        out.writeStringField("status", span.status());
        writeTags(out, span);
        if (spelling == Spelling.UNKNOWN_PROPERTY) {
            out.writeRaw(",\"x_unknown\":{\"spans\":[1,null,{\"trace_id\":\"no\"}]}");
        }
        out.writeEndObject();
    }

    private static void writeTags(JsonGenerator out, WireSpan span) throws IOException {
        Map<String, String> tags = span.tags();
        if (tags == null) {
            return;
        }
        out.writeObjectFieldStart("tags");
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            out.writeStringField(tag.getKey(), tag.getValue());
        }
        out.writeEndObject();
    }

    private interface SpanWriter {
        void write(JsonGenerator out, WireSpan span) throws IOException;
    }

    private enum Spelling {
        PLAIN,
        UPPER_CASE_IDS,
        NULL_PARENT,
        UNKNOWN_PROPERTY;

        /** Depends on the content, so that the same span sent twice may be spelled the same and a changed one differently. */
        static Spelling of(WireSpan span) {
            int roll = Math.floorMod(
                    31 * span.spanId().hashCode() + span.operation().hashCode(), 16);
            return roll < values().length ? values()[roll] : PLAIN;
        }

        String id(String lowerCase) {
            return this == UPPER_CASE_IDS ? lowerCase.toUpperCase(Locale.ROOT) : lowerCase;
        }
    }
}
