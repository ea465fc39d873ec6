package dev.traced.tracer.propagation;

/** Spaces and tabs around a header's value or a list's member, which are no part of it (RFC 9110, section 5.6.3). */
final class OptionalWhitespace {
    private OptionalWhitespace() {}

    static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && is(text.charAt(start))) {
            start++;
        }
        while (end > start && is(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean is(char c) {
        return c == ' ' || c == '\t';
    }
}
