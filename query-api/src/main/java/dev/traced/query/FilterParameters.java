package dev.traced.query;

import dev.traced.http.HttpProblem;
import dev.traced.model.DurationBounds;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceFilter;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TraceFilter} in the query of a URL: {@code service}, {@code operation}, {@code status} (ok, error), {@code
 * min_duration_ms}, {@code max_duration_ms}, {@code min_duration_ns}, {@code max_duration_ns}, {@code tag=key:value} any
 * number of times, {@code complete} (true, false).
 */
final class FilterParameters {
    private static final int MAX_TAGS = 20;
    private static final int MAX_CHARACTERS = 2_048;

    private final Context ctx;
    private final String prefix;

    private FilterParameters(Context ctx, String prefix) {
        this.ctx = ctx;
        this.prefix = prefix;
    }

    static TraceFilter read(Context ctx) {
        return read(ctx, "");
    }

    /** @param prefix what the name of each parameter begins with */
    static TraceFilter read(Context ctx, String prefix) {
        return new FilterParameters(ctx, prefix).filter();
    }

    private TraceFilter filter() {
        DurationBounds durations = durations();
        return new TraceFilter(
                text(prefix + "service"),
                text(prefix + "operation"),
                status(prefix + "status"),
                durations.minNanos(),
                durations.maxNanos(),
                tags(prefix + "tag"),
                complete(prefix + "complete"));
    }

    private DurationBounds durations() {
        DurationBounds bounds = new DurationBounds();
        String min = prefix + "min_duration_";
        String max = prefix + "max_duration_";
        try {
            return bounds.atLeastMillis(min + "ms", QueryRoutes.integer(ctx, min + "ms"))
                    .atLeastNanos(min + "ns", QueryRoutes.integer(ctx, min + "ns"))
                    .atMostMillis(max + "ms", QueryRoutes.integer(ctx, max + "ms"))
                    .atMostNanos(max + "ns", QueryRoutes.integer(ctx, max + "ns"));
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable String text(String parameter) {
        String value = ctx.queryParam(parameter);
        if (value != null && value.length() > MAX_CHARACTERS) {
            throw new HttpProblem(
                    400,
                    parameter + " must be at most " + MAX_CHARACTERS + " characters, was " + value.length() + " long");
        }
        return value;
    }

    private @Nullable SpanStatus status(String parameter) {
        String text = text(parameter);
        if (text == null) {
            return null;
        }
        for (SpanStatus status : SpanStatus.values()) {
            if (status.text().equals(text)) {
                return status;
            }
        }
        throw new HttpProblem(400, parameter + " must be ok or error, was \"" + QueryRoutes.shortened(text) + "\"");
    }

    private @Nullable Boolean complete(String parameter) {
        String text = text(parameter);
        if (text == null) {
            return null;
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new HttpProblem(
                        400, parameter + " must be true or false, was \"" + QueryRoutes.shortened(text) + "\"");
        };
    }

    private List<TraceFilter.Tag> tags(String parameter) {
        List<String> values = ctx.queryParams(parameter);
        if (values.size() > MAX_TAGS) {
            throw new HttpProblem(
                    400, parameter + " may be given " + MAX_TAGS + " times, was " + values.size() + " times");
        }
        List<TraceFilter.Tag> tags = new ArrayList<>();
        for (String value : values) {
            int colon = value.indexOf(':');
            if (colon < 1 || value.length() > MAX_CHARACTERS) {
                throw new HttpProblem(
                        400, parameter + " must be key:value, was \"" + QueryRoutes.shortened(value) + "\"");
            }
            tags.add(new TraceFilter.Tag(value.substring(0, colon), value.substring(colon + 1)));
        }
        return tags;
    }
}
