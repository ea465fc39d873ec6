package dev.traced.query;

import dev.traced.http.HttpProblem;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceFilter;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TraceFilter} in the query of a URL: {@code service}, {@code operation}, {@code status} (ok, error), {@code
 * min_duration_ms}, {@code max_duration_ms}, {@code tag=key:value} any number of times, {@code complete} (true, false).
 */
final class FilterParameters {
    private static final int MAX_TAGS = 20;
    private static final int MAX_CHARACTERS = 2_048;

    private FilterParameters() {}

    static TraceFilter read(Context ctx) {
        Long min = QueryRoutes.integer(ctx, "min_duration_ms");
        Long max = QueryRoutes.integer(ctx, "max_duration_ms");
        try {
            return new TraceFilter(
                    text(ctx, "service"),
                    text(ctx, "operation"),
                    status(text(ctx, "status")),
                    min == null ? 0 : min,
                    max == null ? Long.MAX_VALUE : max,
                    tags(ctx),
                    complete(text(ctx, "complete")));
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String text(Context ctx, String parameter) {
        String value = ctx.queryParam(parameter);
        if (value == null) {
            QueryRoutes.requireAbsent(ctx, parameter);
        } else if (value.length() > MAX_CHARACTERS) {
            throw new HttpProblem(
                    400,
                    parameter + " must be at most " + MAX_CHARACTERS + " characters, was " + value.length() + " long");
        }
        return value;
    }

    private static @Nullable SpanStatus status(@Nullable String text) {
        if (text == null) {
            return null;
        }
        for (SpanStatus status : SpanStatus.values()) {
            if (status.text().equals(text)) {
                return status;
            }
        }
        throw new HttpProblem(400, "status must be ok or error, was \"" + QueryRoutes.shortened(text) + "\"");
    }

    private static @Nullable Boolean complete(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new HttpProblem(
                        400, "complete must be true or false, was \"" + QueryRoutes.shortened(text) + "\"");
        };
    }

    private static List<TraceFilter.Tag> tags(Context ctx) {
        List<String> values = ctx.queryParams("tag");
        if (values.isEmpty()) {
            QueryRoutes.requireAbsent(ctx, "tag");
        }
        if (values.size() > MAX_TAGS) {
            throw new HttpProblem(400, "tag may be given " + MAX_TAGS + " times, was " + values.size() + " times");
        }
        List<TraceFilter.Tag> tags = new ArrayList<>();
        for (String value : values) {
            int colon = value.indexOf(':');
            if (colon < 1 || value.length() > MAX_CHARACTERS) {
                throw new HttpProblem(400, "tag must be key:value, was \"" + QueryRoutes.shortened(value) + "\"");
            }
            tags.add(new TraceFilter.Tag(value.substring(0, colon), value.substring(colon + 1)));
        }
        return tags;
    }
}
