package dev.traced.model;

import java.nio.ByteBuffer;

/** The id of a span: 16 bytes. An 8-byte id of OTLP or Zipkin is one whose high half is 0. */
public record SpanId(long high, long low) implements Comparable<SpanId> {
    public static final int BYTES = 16;

    /** Whether {@code text} is a UUID text: 8-4-4-4-12 hexadecimal digits of any case. */
    public static boolean isValid(CharSequence text) {
        return UuidText.isValid(text);
    }

    /**
     * Reads a UUID text.
     *
     * @throws IllegalArgumentException if {@code text} is not a UUID text
     */
    public static SpanId parse(CharSequence text) {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not a UUID: " + text);
        }
        return new SpanId(UuidText.high(text), UuidText.low(text));
    }

    /** Reads {@value #BYTES} bytes, big-endian. */
    public static SpanId from(ByteBuffer bytes) {
        return new SpanId(bytes.getLong(), bytes.getLong());
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    @Override
    public int compareTo(SpanId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** The UUID text, in lower case. */
    @Override
    public String toString() {
        return UuidText.format(high, low);
    }
}
