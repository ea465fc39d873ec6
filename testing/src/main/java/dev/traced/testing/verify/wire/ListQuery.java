package dev.traced.testing.verify.wire;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code GET /traces}; null is a parameter that is not sent. Nothing is checked: a bad one is the server's to refuse. */
public record ListQuery(
        @Nullable Integer limit,
        @Nullable Long after,
        @Nullable Long before) {

    public static final int DEFAULT_LIMIT = 20;
    public static final int MAX_LIMIT = 1_000;

    public static ListQuery newest(int limit) {
        return new ListQuery(limit, null, null);
    }

    /** Every trace whose root starts at exactly this time. */
    public static ListQuery startingAt(long startTimeNanos) {
        return new ListQuery(MAX_LIMIT, startTimeNanos, startTimeNanos + 1);
    }

    public int effectiveLimit() {
        return limit == null ? DEFAULT_LIMIT : limit;
    }

    public String path() {
        StringJoiner parameters = new StringJoiner("&", "/traces?", "").setEmptyValue("/traces");
        add(parameters, "limit", limit);
        add(parameters, "after", after);
        add(parameters, "before", before);
        return parameters.toString();
    }

    private static void add(StringJoiner parameters, String name, @Nullable Number value) {
        if (value != null) {
            parameters.add(name + "=" + value);
        }
    }
}
