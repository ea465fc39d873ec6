package dev.traced.topics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Base64;

/**
 * An attribute's value as text: numbers and booleans as they are written, bytes in base64, arrays and maps as JSON.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/common/#anyvalue-representation-for-non-otlp-protocols">AnyValue
 *     representation for non-OTLP protocols</a>
 */
public final class AttributeText {
    private static final JsonFactory JSON = new JsonFactory();

    private AttributeText() {}

    /** Empty for a value that is empty. */
    public static String of(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case INT_VALUE -> Long.toString(value.getIntValue());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            case BYTES_VALUE ->
                Base64.getEncoder().encodeToString(value.getBytesValue().toByteArray());
            case ARRAY_VALUE, KVLIST_VALUE -> json(value);
            default -> "";
        };
    }

    private static String json(AnyValue value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            write(value, json);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be written", e);
        }
        return text.toString();
    }

    private static void write(AnyValue value, JsonGenerator json) throws IOException {
        switch (value.getValueCase()) {
            case BOOL_VALUE -> json.writeBoolean(value.getBoolValue());
            case INT_VALUE -> json.writeNumber(value.getIntValue());
            case DOUBLE_VALUE -> json.writeNumber(value.getDoubleValue());
            case STRING_VALUE, BYTES_VALUE -> json.writeString(of(value));
            case ARRAY_VALUE -> {
                json.writeStartArray();
                for (AnyValue item : value.getArrayValue().getValuesList()) {
                    write(item, json);
                }
                json.writeEndArray();
            }
            case KVLIST_VALUE -> {
                json.writeStartObject();
                for (KeyValue entry : value.getKvlistValue().getValuesList()) {
                    json.writeFieldName(entry.getKey());
                    write(entry.getValue(), json);
                }
                json.writeEndObject();
            }
            default -> json.writeNull();
        }
    }
}
