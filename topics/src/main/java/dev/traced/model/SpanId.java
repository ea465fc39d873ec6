package dev.traced.model;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The id of a span: 16 bytes. An 8-byte id of OTLP or Zipkin is one whose high half is 0. */
public record SpanId(long high, long low) implements Comparable<SpanId> {
    public static final int BYTES = 16;

    /** The high half of {@link #serverHalf}: any constant will do that no sender uses. */
    public static final long SERVER_HALF = 0x736572766572C2BDL;

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

    /**
     * The id where ids have 8 bytes, never 0: as it is if it came as one, else all of its bits mixed, since time-based UUIDs
     * of one host differ in the high half only. See {@link SplitMix64}.
     */
    public long to64Bits() {
        if (high == 0 && low != 0) {
            return low;
        }
        long mixed = SplitMix64.mix(high, low);
        return mixed == 0 ? 1 : mixed;
    }

    /**
     * What tells the server's half of a call from the client's within a trace: the two may share one id of 8 bytes, as
     * Zipkin's tracers do. Other ids are what they are. Two servers under one id, a proxy and what is behind it, are not
     * told apart.
     *
     * @see <a href="https://github.com/openzipkin/b3-propagation">B3: sharing span ids</a>
     */
    public SpanId serverHalf() {
        return high == 0 ? new SpanId(SERVER_HALF, low) : this;
    }

    public boolean isServerHalf() {
        return high == SERVER_HALF;
    }

    /** The id that the server's half was sent with, if this is one. */
    public SpanId sharedId() {
        return isServerHalf() ? new SpanId(0, low) : this;
    }

    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    @Override
    public int compareTo(SpanId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** Written out, since ids are looked up for every span and a record's own is several times slower. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SpanId id && high == id.high && low == id.low;
    }

    @Override
    public int hashCode() {
        long mixed = high * 31 + low;
        return (int) (mixed ^ (mixed >>> 32));
    }

    /** The UUID text, in lower case. */
    @Override
    public String toString() {
        return UuidText.format(high, low);
    }
}
