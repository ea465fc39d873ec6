package dev.traced.model;

import java.nio.ByteBuffer;

/** The id of a trace: 16 bytes, ordered as unsigned big-endian, which is the order of its text. */
public record TraceId(long high, long low) implements Comparable<TraceId> {
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
    public static TraceId parse(CharSequence text) {
        if (!isValid(text)) {
            throw new IllegalArgumentException("not a UUID: " + text);
        }
        return new TraceId(UuidText.high(text), UuidText.low(text));
    }

    /** Reads {@value #BYTES} bytes, big-endian. */
    public static TraceId from(ByteBuffer bytes) {
        return new TraceId(bytes.getLong(), bytes.getLong());
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    @Override
    public int compareTo(TraceId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** The UUID text, in lower case. */
    @Override
    public String toString() {
        return UuidText.format(high, low);
    }
}
