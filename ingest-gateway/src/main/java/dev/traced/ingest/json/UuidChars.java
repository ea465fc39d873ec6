package dev.traced.ingest.json;

import java.util.Arrays;

/**
 * Reads a UUID text out of a parser's buffer. The same rule as {@link dev.traced.model.TraceId#parse}, which a test
 * holds it to, but in one pass and without a string: three ids per span make this the hottest loop of the gateway. Not
 * for use by two threads.
 */
final class UuidChars {
    private static final int LENGTH = 36;
    private static final byte[] DIGITS = digits();

    private long high;
    private long low;
    private int invalid;

    /** Whether the characters are a UUID text; if so, {@link #high} and {@link #low} are its halves. */
    boolean parse(char[] chars, int from, int length) {
        if (length != LENGTH
                || chars[from + 8] != '-'
                || chars[from + 13] != '-'
                || chars[from + 18] != '-'
                || chars[from + 23] != '-') {
            return false;
        }
        invalid = 0;
        high = (hex(chars, from, 8) << 32) | (hex(chars, from + 9, 4) << 16) | hex(chars, from + 14, 4);
        low = (hex(chars, from + 19, 4) << 48) | hex(chars, from + 24, 12);
        return invalid >= 0;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    private long hex(char[] chars, int from, int count) {
        long bits = 0;
        int bad = 0;
        for (int i = from; i < from + count; i++) {
            char c = chars[i];
            int digit = c < DIGITS.length ? DIGITS[c] : -1;
            bad |= digit;
            bits = (bits << 4) | (digit & 15);
        }
        invalid |= bad;
        return bits;
    }

    private static byte[] digits() {
        byte[] digits = new byte[128];
        Arrays.fill(digits, (byte) -1);
        for (int i = 0; i < 10; i++) {
            digits['0' + i] = (byte) i;
        }
        for (int i = 0; i < 6; i++) {
            digits['a' + i] = (byte) (10 + i);
            digits['A' + i] = (byte) (10 + i);
        }
        return digits;
    }
}
