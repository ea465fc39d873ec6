package dev.traced.topics;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceQuery;
import java.util.ArrayList;
import java.util.List;

/** A {@link TraceQuery} between a query service and an assembler: the query of a URL, a tag in two parameters. */
public final class TraceQueryForm {
    private TraceQueryForm() {}

    /** As {@code name=value&...}. */
    public static String write(TraceQuery query) {
        UrlForm form = new UrlForm();
        form.add("limit", query.limit());
        form.add("first", query.firstNanos());
        form.add("last", query.lastNanos());
        form.add("now", query.nowNanos());
        form.add("cursor", query.cursor());
        TraceFilter filter = query.filter();
        form.add("service", filter.service());
        form.add("operation", filter.operation());
        form.add("status", filter.status());
        form.add("min", filter.minDurationMs());
        form.add("max", filter.maxDurationMs());
        form.add("complete", filter.complete());
        for (TraceFilter.Tag tag : filter.tags()) {
            form.add("key", tag.key());
            form.add("value", tag.value());
        }
        return form.toString();
    }

    /**
     * Reads what {@link #write} wrote; further parameters do no harm.
     *
     * @throws IllegalArgumentException if something is missing or wrong
     */
    public static TraceQuery read(String form) {
        UrlForm values = UrlForm.read(form);
        List<String> keys = values.all("key");
        List<String> texts = values.all("value");
        if (keys.size() != texts.size()) {
            throw new IllegalArgumentException("key and value must come in pairs");
        }
        List<TraceFilter.Tag> tags = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            tags.add(new TraceFilter.Tag(keys.get(i), texts.get(i)));
        }
        String status = values.first("status");
        String complete = values.first("complete");
        String cursor = values.first("cursor");
        TraceFilter filter = new TraceFilter(
                values.first("service"),
                values.first("operation"),
                status == null ? null : SpanStatus.valueOf(status),
                values.number("min"),
                values.number("max"),
                tags,
                complete == null ? null : Boolean.valueOf(complete));
        return new TraceQuery(
                (int) values.number("limit"),
                values.number("first"),
                values.number("last"),
                values.number("now"),
                filter,
                cursor == null ? null : TraceCursor.parse(cursor));
    }
}
