package dev.traced.model;

import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a span has, in a word; a trace has it if any of its spans does. Ordered by scope, key, value and service.
 *
 * @param service which service the span is of; null for any
 */
public record Trait(Scope scope, @Nullable String service, String key, String value) implements Comparable<Trait> {
    /** Of longer texts only the beginning counts, in characters. */
    public static final int MAX_TEXT = 1_024;

    private static final Comparator<Trait> ORDER = Comparator.comparing(Trait::scope)
            .thenComparing(Trait::key)
            .thenComparing(Trait::value)
            .thenComparing(Trait::service, Comparator.nullsLast(Comparator.naturalOrder()));

    /** What kind of thing it is. */
    public enum Scope {
        /** The value is the service, the key the word itself. */
        SERVICE,
        /** The key is the service, the value its operation. */
        OPERATION,
        STATUS,
        KIND,
        /** An attribute of the span. */
        SPAN,
        /** An attribute of its resource. */
        RESOURCE;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** About how many characters it takes. */
    public int length() {
        return key.length() + value.length() + (service == null ? 0 : service.length());
    }

    /** What is kept of a text. */
    public static String cut(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        boolean isWithinCharacter = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1));
        return text.substring(0, isWithinCharacter ? MAX_TEXT - 1 : MAX_TEXT);
    }

    @Override
    public int compareTo(Trait other) {
        return ORDER.compare(this, other);
    }
}
