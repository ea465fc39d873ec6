package dev.traced.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceQuery;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link TraceQuery} between a query service and an assembler: the query of a URL, a tag in two parameters. */
public final class TraceQueryForm {
    private TraceQueryForm() {}

    /** As {@code name=value&...}. */
    public static String write(TraceQuery query) {
        StringBuilder form = new StringBuilder();
        add(form, "limit", query.limit());
        add(form, "first", query.firstNanos());
        add(form, "last", query.lastNanos());
        add(form, "now", query.nowNanos());
        add(form, "cursor", query.cursor());
        TraceFilter filter = query.filter();
        add(form, "service", filter.service());
        add(form, "operation", filter.operation());
        add(form, "status", filter.status());
        add(form, "min", filter.minDurationMs());
        add(form, "max", filter.maxDurationMs());
        add(form, "complete", filter.complete());
        for (TraceFilter.Tag tag : filter.tags()) {
            add(form, "key", tag.key());
            add(form, "value", tag.value());
        }
        return form.toString();
    }

    private static void add(StringBuilder form, String name, @Nullable Object value) {
        if (value != null) {
            form.append(form.isEmpty() ? "" : "&")
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value.toString(), UTF_8));
        }
    }

    /**
     * Reads what {@link #write} wrote; further parameters do no harm.
     *
     * @throws IllegalArgumentException if something is missing or wrong
     */
    public static TraceQuery read(String form) {
        Map<String, List<String>> values = new HashMap<>();
        for (String pair : form.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                values.computeIfAbsent(pair.substring(0, equals), name -> new ArrayList<>())
                        .add(URLDecoder.decode(pair.substring(equals + 1), UTF_8));
            }
        }
        List<String> keys = values.getOrDefault("key", List.of());
        List<String> texts = values.getOrDefault("value", List.of());
        if (keys.size() != texts.size()) {
            throw new IllegalArgumentException("key and value must come in pairs");
        }
        List<TraceFilter.Tag> tags = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            tags.add(new TraceFilter.Tag(keys.get(i), texts.get(i)));
        }
        String status = first(values, "status");
        String complete = first(values, "complete");
        String cursor = first(values, "cursor");
        TraceFilter filter = new TraceFilter(
                first(values, "service"),
                first(values, "operation"),
                status == null ? null : SpanStatus.valueOf(status),
                number(values, "min"),
                number(values, "max"),
                tags,
                complete == null ? null : Boolean.valueOf(complete));
        return new TraceQuery(
                (int) number(values, "limit"),
                number(values, "first"),
                number(values, "last"),
                number(values, "now"),
                filter,
                cursor == null ? null : TraceCursor.parse(cursor));
    }

    private static @Nullable String first(Map<String, List<String>> values, String name) {
        List<String> found = values.get(name);
        return found == null ? null : found.get(0);
    }

    private static long number(Map<String, List<String>> values, String name) {
        String text = first(values, name);
        try {
            return Long.parseLong(String.valueOf(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a number, was " + text, e);
        }
    }
}
