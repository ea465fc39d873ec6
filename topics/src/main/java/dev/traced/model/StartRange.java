package dev.traced.model;

import org.jspecify.annotations.Nullable;

/**
 * When roots start, in Unix nanoseconds. Both bounds are inclusive so that a root at {@link Long#MAX_VALUE} can be asked
 * for.
 */
public record StartRange(long firstNanos, long lastNanos) {
    public static final StartRange ANY = new StartRange(0, Long.MAX_VALUE);

    /**
     * From parameters {@code after} and {@code before}.
     *
     * @param prefix what their names begin with
     * @param after inclusive; null for any
     * @param before exclusive; null for any
     * @throws IllegalArgumentException that names the parameter and its value
     */
    public static StartRange between(String prefix, @Nullable Long after, @Nullable Long before) {
        if (after != null && after < 0) {
            throw new IllegalArgumentException(prefix + "after must not be negative, was " + after);
        }
        if (before != null && before < 0) {
            throw new IllegalArgumentException(prefix + "before must not be negative, was " + before);
        }
        if (after != null && before != null && after >= before) {
            throw new IllegalArgumentException(
                    prefix + "after must be less than " + prefix + "before, were " + after + " and " + before);
        }
        return new StartRange(after == null ? 0 : after, before == null ? Long.MAX_VALUE : before - 1);
    }

    /** The part of it that is not before a time. */
    public StartRange from(long nanos) {
        return new StartRange(Math.max(firstNanos, nanos), lastNanos);
    }
}
