package dev.traced.tracer.propagation;

import java.util.Optional;
import java.util.function.IntPredicate;

/** One member of a {@code tracestate} list, as section "list-members" of W3C Trace Context level 2 allows it. */
record ListMember(String key, String value) {
    private static final int MAX_CHARACTERS = 256; // of a key, and of a value

    static Optional<ListMember> of(String key, String value) {
        return isKey(key) && isValue(value) ? Optional.of(new ListMember(key, value)) : Optional.empty();
    }

    /** @param text {@code key=value}, without whitespace around it; leading spaces of the value are a part of it */
    static Optional<ListMember> parse(String text) {
        int equals = text.indexOf('=');
        return equals < 0 ? Optional.empty() : of(text.substring(0, equals), text.substring(equals + 1));
    }

    private static boolean isKey(String key) {
        return !key.isEmpty()
                && key.length() <= MAX_CHARACTERS
                && isLetterOrDigit(key.charAt(0))
                && all(key, c -> isLetterOrDigit(c) || "_-*/@".indexOf(c) >= 0);
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private static boolean isValue(String value) {
        return !value.isEmpty()
                && value.length() <= MAX_CHARACTERS
                && !value.endsWith(" ")
                && all(value, c -> c >= ' ' && c <= '~' && c != ',' && c != '=');
    }

    private static boolean all(String text, IntPredicate rule) {
        for (int i = 0; i < text.length(); i++) {
            if (!rule.test(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    int length() {
        return key.length() + 1 + value.length();
    }

    @Override
    public String toString() {
        return key + '=' + value;
    }
}
