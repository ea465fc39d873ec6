package dev.traced.otlp;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Writes an OTLP message as JSON, by its descriptor; fields that have their default are left out, unknown ones too. See
 * {@link OtlpJsonReader} for the rules.
 */
public final class OtlpJsonWriter {
    private OtlpJsonWriter() {}

    /** Writes the message as one object. */
    public static void write(Message message, JsonGenerator json) throws IOException {
        json.writeStartObject();
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            json.writeFieldName(field.getJsonName());
            if (field.isRepeated()) {
                json.writeStartArray();
                for (Object item : (List<?>) entry.getValue()) {
                    writeValue(field, item, json);
                }
                json.writeEndArray();
            } else {
                writeValue(field, entry.getValue(), json);
            }
        }
        json.writeEndObject();
    }

    private static void writeValue(FieldDescriptor field, Object value, JsonGenerator json) throws IOException {
        switch (field.getJavaType()) {
            case MESSAGE -> write((Message) value, json);
            case STRING -> json.writeString((String) value);
            case BYTE_STRING -> {
                byte[] bytes = ((ByteString) value).toByteArray();
                json.writeString(
                        OtlpFields.isId(field)
                                ? HexFormat.of().formatHex(bytes)
                                : Base64.getEncoder().encodeToString(bytes));
            }
            case ENUM -> json.writeNumber(((EnumValueDescriptor) value).getNumber());
            case BOOLEAN -> json.writeBoolean((Boolean) value);
            case INT ->
                json.writeNumber(
                        OtlpFields.isUnsigned(field) ? Integer.toUnsignedLong((Integer) value) : (Integer) value);
            case LONG ->
                json.writeString(
                        OtlpFields.isUnsigned(field)
                                ? Long.toUnsignedString((Long) value)
                                : Long.toString((Long) value));
            case DOUBLE -> json.writeNumber((Double) value); // what is not a number is written as text
            case FLOAT -> json.writeNumber((Float) value);
        }
    }
}
