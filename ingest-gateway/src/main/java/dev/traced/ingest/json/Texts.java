package dev.traced.ingest.json;

import org.jspecify.annotations.Nullable;

/**
 * Strings out of a parser's buffer. The names of services and operations, and many tags, repeat from span to span: a
 * small table hands out the string of last time instead of a new one. Not for use by two threads.
 */
final class Texts {
    /** Longer ones are rarely repeated, and would let a table hold more memory than it saves. */
    private static final int MAX_KEPT_CHARS = 48;

    private static final int SLOTS = 1024;

    private final @Nullable String[] slots = new String[SLOTS];
    private boolean hadSurrogates;

    /** The text; whether it is well-formed is to be asked with {@link #hadSurrogates} and {@link #codePoints}. */
    String of(char[] chars, int from, int length) {
        int hash = 0;
        boolean surrogates = false;
        for (int i = from; i < from + length; i++) {
            char c = chars[i];
            surrogates |= Character.isSurrogate(c);
            hash = 31 * hash + c;
        }
        hadSurrogates = surrogates;
        return length > MAX_KEPT_CHARS ? new String(chars, from, length) : kept(chars, from, length, hash);
    }

    /** Whether there are surrogates in the text of the last call of {@link #of}; in most there are none. */
    boolean hadSurrogates() {
        return hadSurrogates;
    }

    private String kept(char[] chars, int from, int length, int hash) {
        int slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
        String kept = slots[slot];
        if (kept != null && isSame(kept, chars, from, length)) {
            return kept;
        }
        String text = new String(chars, from, length);
        slots[slot] = text;
        return text;
    }

    private static boolean isSame(String text, char[] chars, int from, int length) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != chars[from + i]) {
                return false;
            }
        }
        return true;
    }

    /** The number of Unicode code points, or -1 if there is a surrogate without its other half. */
    static int codePoints(char[] chars, int from, int length) {
        int to = from + length;
        int pairs = 0;
        for (int i = from; i < to; i++) {
            char c = chars[i];
            if (!Character.isSurrogate(c)) {
                continue;
            }
            boolean isPaired = Character.isHighSurrogate(c)
                    ? i + 1 < to && Character.isLowSurrogate(chars[i + 1])
                    : i > from && Character.isHighSurrogate(chars[i - 1]);
            if (!isPaired) {
                return -1;
            }
            pairs += Character.isLowSurrogate(c) ? 1 : 0;
        }
        return length - pairs;
    }
}
