package dev.traced.ingest.body;

/** A client's value in a message: in quotes, on one line, and no longer than a message should be. */
public final class Quoted {
    private static final int MAX_CHARS = 64;

    private Quoted() {}

    public static String text(CharSequence value) {
        StringBuilder quoted = new StringBuilder(MAX_CHARS + 8).append('"');
        append(quoted, value);
        return quoted.append('"').toString();
    }

    /** The value without the quotes. */
    public static String bare(CharSequence value) {
        StringBuilder bare = new StringBuilder(MAX_CHARS + 8);
        append(bare, value);
        return bare.toString();
    }

    private static void append(StringBuilder to, CharSequence value) {
        int end = Math.min(value.length(), MAX_CHARS);
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1));
            if (pair) {
                to.append(c).append(value.charAt(++i));
            } else if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
                to.append(String.format("\\u%04x", (int) c));
            } else {
                to.append(c);
            }
        }
        if (end < value.length()) {
            to.append("...");
        }
    }
}
