package dev.traced.ingest;

import java.nio.charset.StandardCharsets;

/** What a lenient server takes for a URI, as {@link java.net.URI} wants it. */
final class Uris {
    private static final String ALLOWED = "-._~:/?@!$&'()*+,;=";

    private Uris() {}

    /** The same path and query, with the characters encoded that should have been. */
    static String encoded(String target) {
        StringBuilder encoded = new StringBuilder(target.length() + 8);
        byte[] bytes = target.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xff);
            if (isAllowed(c) || (c == '%' && isEscape(bytes, i))) {
                encoded.append(c);
            } else {
                encoded.append('%').append(hexDigit(c >> 4)).append(hexDigit(c & 15));
            }
        }
        return encoded.toString();
    }

    private static boolean isAllowed(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || ALLOWED.indexOf(c) >= 0;
    }

    private static boolean isEscape(byte[] bytes, int at) {
        return at + 2 < bytes.length
                && Character.digit(bytes[at + 1], 16) >= 0
                && Character.digit(bytes[at + 2], 16) >= 0;
    }

    private static char hexDigit(int value) {
        return Character.toUpperCase(Character.forDigit(value, 16));
    }
}
