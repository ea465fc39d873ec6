package dev.traced.ingest.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Whole numbers of 64 bits, exactly. {@code 1.0e18} is one, {@code 1.5} is not, and {@code 1e999999999} costs no more to
 * refuse than any other. No double is involved: nanoseconds exceed its 53 bits.
 */
final class JsonIntegers {
    /** No number of 64 bits needs as many, except to keep us busy. */
    private static final int MAX_CHARS = 1_000;

    private static final int MAX_DIGITS = 19;

    private JsonIntegers() {}

    /** The value of the current token, or null if it is no such number. */
    static @Nullable Long read(JsonParser json, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_INT) {
            if (json.getTextLength() <= MAX_CHARS && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                return json.getLongValue();
            }
        } else if (token == JsonToken.VALUE_NUMBER_FLOAT && json.getTextLength() <= MAX_CHARS) {
            return whole(json.getText());
        }
        return null;
    }

    private static @Nullable Long whole(String text) {
        try {
            BigDecimal number = new BigDecimal(text).stripTrailingZeros();
            // Asked before the digits are written out: those of 1e999999999 would fill the memory.
            boolean isOutOfReach = (long) number.precision() - number.scale() > MAX_DIGITS;
            return number.signum() == 0 ? Long.valueOf(0) : isOutOfReach ? null : Long.valueOf(number.longValueExact());
        } catch (ArithmeticException | NumberFormatException e) {
            return null;
        }
    }
}
