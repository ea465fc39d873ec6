package dev.traced.model;

/**
 * The text form of a 128-bit id: 8-4-4-4-12 hexadecimal digits (RFC 9562 §4), read in any case and written in lower
 * case. Any version and the nil id are allowed. {@link java.util.UUID#fromString} is laxer ({@code 1-1-1-1-1} passes) and is
 * therefore no check.
 */
final class UuidText {
    static final int LENGTH = 36;
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private UuidText() {}

    static boolean isValid(CharSequence text) {
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(i);
            if (isDash(i) ? c != '-' : digit(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The first 64 bits of a valid text. */
    static long high(CharSequence text) {
        return hex(text, 0, 18);
    }

    /** The last 64 bits of a valid text. */
    static long low(CharSequence text) {
        return hex(text, 19, LENGTH);
    }

    static String format(long high, long low) {
        byte[] text = new byte[LENGTH];
        int at = 0;
        for (int nibble = 0; nibble < 32; nibble++) {
            if (isDash(at)) {
                text[at++] = '-';
            }
            long half = nibble < 16 ? high : low;
            text[at++] = HEX[(int) (half >>> (60 - 4 * (nibble & 15))) & 15];
        }
        return new String(text, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static boolean isDash(int index) {
        return index == 8 || index == 13 || index == 18 || index == 23;
    }

    private static long hex(CharSequence text, int from, int to) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c != '-') {
                bits = bits << 4 | digit(c);
            }
        }
        return bits;
    }

    private static int digit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        char lower = (char) (c | 0x20);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
