package dev.traced.otlp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads an OTLP message from JSON, by its descriptor: names in lowerCamelCase, ids in hexadecimal, other bytes in base64,
 * enums as numbers, 64-bit integers as text or number; unknown names are ignored and {@code null} is the default.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">OTLP, JSON Protobuf Encoding</a>
 */
public final class OtlpJsonReader {
    /** As deep as protobuf reads a message, so that what is taken here can be read back from its binary form. */
    private static final int MAX_DEPTH = 100;

    private static final int MAX_SHOWN = 64;
    private static final BigInteger MAX_UNSIGNED = BigInteger.TWO.pow(64);
    private static final long MAX_UNSIGNED_INT = 0xffff_ffffL;
    private static final double EXACT = 9_007_199_254_740_992d; // 2^53

    /** One entry for each type of message. */
    private static final Map<Descriptor, Map<String, FieldDescriptor>> FIELDS = new ConcurrentHashMap<>();

    private final JsonParser json;

    private OtlpJsonReader(JsonParser json) {
        this.json = json;
    }

    /**
     * Reads the whole document into {@code message}; an empty document leaves it as it is.
     *
     * @throws OtlpJsonException that says where and what is not as it must be
     */
    public static void read(JsonParser json, Message.Builder message) throws IOException {
        OtlpJsonReader reader = new OtlpJsonReader(json);
        try {
            JsonToken first = json.nextToken();
            if (first == null) {
                return;
            }
            reader.require(first == JsonToken.START_OBJECT, "must be an object");
            reader.readObject(message, 1);
            if (json.nextToken() != null) {
                throw new OtlpJsonException("the body must end after the JSON object");
            }
        } catch (JsonProcessingException e) {
            throw new OtlpJsonException(
                    "the body is not valid JSON, line " + json.currentLocation().getLineNr() + ", column "
                            + json.currentLocation().getColumnNr());
        }
    }

    private void readObject(Message.Builder message, int depth) throws IOException {
        require(depth <= MAX_DEPTH, "is nested deeper than " + MAX_DEPTH + " messages");
        Map<String, FieldDescriptor> fields = fields(message.getDescriptorForType());
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            FieldDescriptor field = fields.get(name);
            JsonToken token = json.nextToken();
            if (field == null) {
                json.skipChildren();
            } else if (token != JsonToken.VALUE_NULL) {
                readField(message, field, token, depth);
            }
        }
    }

    private static Map<String, FieldDescriptor> fields(Descriptor type) {
        return FIELDS.computeIfAbsent(type, descriptor -> {
            Map<String, FieldDescriptor> fields = new HashMap<>();
            descriptor.getFields().forEach(field -> fields.put(field.getJsonName(), field));
            return fields;
        });
    }

    private void readField(Message.Builder message, FieldDescriptor field, JsonToken token, int depth)
            throws IOException {
        if (!field.isRepeated()) {
            message.setField(field, value(message, field, token, depth));
            return;
        }
        require(token == JsonToken.START_ARRAY, "must be an array");
        message.clearField(field);
        for (JsonToken item = json.nextToken(); item != JsonToken.END_ARRAY; item = json.nextToken()) {
            message.addRepeatedField(field, value(message, field, item, depth));
        }
    }

    private Object value(Message.Builder message, FieldDescriptor field, JsonToken token, int depth)
            throws IOException {
        return switch (field.getJavaType()) {
            case MESSAGE -> {
                require(token == JsonToken.START_OBJECT, "must be an object");
                Message.Builder child = message.newBuilderForField(field);
                readObject(child, depth + 1);
                yield child.build();
            }
            case STRING -> text(token);
            case BYTE_STRING -> OtlpFields.isId(field) ? hex(token) : base64(token);
            case ENUM -> enumValue(field, token);
            case BOOLEAN -> {
                require(token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE, "must be true or false");
                yield token == JsonToken.VALUE_TRUE;
            }
            case INT -> smallInteger(field, token);
            case LONG -> integer(token, OtlpFields.isUnsigned(field));
            case DOUBLE -> real(token);
            case FLOAT -> (float) real(token);
        };
    }

    private String text(JsonToken token) throws IOException {
        require(token == JsonToken.VALUE_STRING, "must be text");
        return json.getText();
    }

    private ByteString hex(JsonToken token) throws IOException {
        String text = text(token);
        try {
            return ByteString.copyFrom(HexFormat.of().parseHex(text));
        } catch (IllegalArgumentException e) {
            // One bad id must not cost the others: it becomes one of a length that no id has.
            ByteString odd = ByteString.copyFromUtf8(text);
            return odd.size() % Long.BYTES == 0 ? odd.concat(ByteString.copyFrom(new byte[1])) : odd;
        }
    }

    private ByteString base64(JsonToken token) throws IOException {
        try {
            return ByteString.copyFrom(
                    Base64.getDecoder().decode(text(token).replace('-', '+').replace('_', '/')));
        } catch (IllegalArgumentException e) {
            throw wrong("must be base64", e);
        }
    }

    /** A number; the name is not what the specification says and does no harm. */
    private EnumValueDescriptor enumValue(FieldDescriptor field, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            EnumValueDescriptor named = field.getEnumType().findValueByName(json.getText());
            if (named != null) {
                return named;
            }
        }
        return field.getEnumType()
                .findValueByNumberCreatingIfUnknown((int) signed(token, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    private int smallInteger(FieldDescriptor field, JsonToken token) throws IOException {
        return OtlpFields.isUnsigned(field)
                ? (int) signed(token, 0, MAX_UNSIGNED_INT)
                : (int) signed(token, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private long signed(JsonToken token, long min, long max) throws IOException {
        long value = integer(token, false);
        require(value >= min && value <= max, "must be " + min + ".." + max);
        return value;
    }

    private long integer(JsonToken token, boolean unsigned) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            double value = json.getDoubleValue();
            require(value == Math.rint(value) && Math.abs(value) < EXACT, "must be an integer");
            return (long) value;
        }
        require(token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_STRING, "must be an integer");
        String text = json.getText();
        try {
            return unsigned ? unsigned(text) : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw wrong("must be a 64-bit integer", e);
        }
    }

    private static long unsigned(String text) {
        if (text.length() > 20) {
            throw new NumberFormatException("too long");
        }
        BigInteger value = new BigInteger(text);
        if (value.signum() < 0 || value.compareTo(MAX_UNSIGNED) >= 0) {
            throw new NumberFormatException("out of range");
        }
        return value.longValue();
    }

    private double real(JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            try {
                return Double.parseDouble(json.getText()); // NaN and Infinity are among what it reads
            } catch (NumberFormatException e) {
                throw wrong("must be a number", e);
            }
        }
        require(token == JsonToken.VALUE_NUMBER_FLOAT || token == JsonToken.VALUE_NUMBER_INT, "must be a number");
        return json.getDoubleValue();
    }

    private void require(boolean condition, String rule) throws IOException {
        if (!condition) {
            throw wrong(rule, null);
        }
    }

    private OtlpJsonException wrong(String rule, @Nullable Exception cause) throws IOException {
        String place = json.getParsingContext().pathAsPointer().toString();
        String was = json.currentToken() == null || json.currentToken().isStructStart()
                ? String.valueOf(json.currentToken()).replace("START_", "an ").toLowerCase(java.util.Locale.ROOT)
                : json.getText();
        String shown = was.length() <= MAX_SHOWN ? was : was.substring(0, MAX_SHOWN) + "...";
        return new OtlpJsonException((place.isEmpty() ? "the body" : place) + " " + rule + ", was " + shown, cause);
    }
}
