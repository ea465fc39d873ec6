package dev.traced.tracer.node;

import dev.traced.model.SpanId;
import dev.traced.model.TraceId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Makes ids of the product of any text, so that {@code t1} can be sampled and assembled like any other trace. The same text
 * is the same id in every process:
 *
 * <ul>
 *   <li>32 hexadecimal digits of a trace, 16 of a span, are the id that they are; so are UUIDs, of which a span's is mixed
 *       into 8 bytes as everywhere, see {@link SpanId#to64Bits};
 *   <li>any other text is the first 16 or 8 bytes of the SHA-256 of its UTF-8.
 * </ul>
 */
final class LenientIds {
    private static final int TRACE_DIGITS = 32;
    private static final int SPAN_DIGITS = 16;

    private LenientIds() {}

    static TraceId trace(String text) {
        if (TraceId.isValid(text)) {
            return TraceId.parse(text);
        }
        if (isHex(text, TRACE_DIGITS)) {
            return new TraceId(
                    HexFormat.fromHexDigitsToLong(text, 0, SPAN_DIGITS),
                    HexFormat.fromHexDigitsToLong(text, SPAN_DIGITS, TRACE_DIGITS));
        }
        return TraceId.from(hash(text));
    }

    static SpanId span(String text) {
        if (SpanId.isValid(text)) {
            return new SpanId(0, SpanId.parse(text).to64Bits());
        }
        return new SpanId(
                0,
                isHex(text, SPAN_DIGITS)
                        ? HexFormat.fromHexDigitsToLong(text)
                        : hash(text).getLong());
    }

    /** As W3C and OpenTelemetry write the id of a trace. */
    static String hexOfTrace(String text) {
        return HexFormat.of().formatHex(trace(text).toBytes());
    }

    /** As W3C and OpenTelemetry write the id of a span. */
    static String hexOfSpan(String text) {
        return HexFormat.of().toHexDigits(span(text).low());
    }

    private static boolean isHex(String text, int digits) {
        return text.length() == digits && text.chars().allMatch(HexFormat::isHexDigit);
    }

    private static ByteBuffer hash(String text) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
