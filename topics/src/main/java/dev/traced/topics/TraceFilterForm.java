package dev.traced.topics;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceFilter;
import java.util.ArrayList;
import java.util.List;

/** A {@link TraceFilter} as a part of the query of a URL between a query service and an assembler: a tag in two parameters. */
final class TraceFilterForm {
    private TraceFilterForm() {}

    /** @param prefix what the name of each parameter begins with */
    static void add(TraceFilter filter, String prefix, UrlForm form) {
        form.add(prefix + "service", filter.service());
        form.add(prefix + "operation", filter.operation());
        form.add(prefix + "status", filter.status());
        form.add(prefix + "min_ns", filter.minDurationNanos());
        form.add(prefix + "max_ns", filter.maxDurationNanos());
        form.add(prefix + "complete", filter.complete());
        for (TraceFilter.Tag tag : filter.tags()) {
            form.add(prefix + "key", tag.key());
            form.add(prefix + "value", tag.value());
        }
    }

    /**
     * Reads what {@link #add} added.
     *
     * @throws IllegalArgumentException if something is missing or wrong
     */
    static TraceFilter read(UrlForm values, String prefix) {
        List<String> keys = values.all(prefix + "key");
        List<String> texts = values.all(prefix + "value");
        if (keys.size() != texts.size()) {
            throw new IllegalArgumentException(prefix + "key and " + prefix + "value must come in pairs");
        }
        List<TraceFilter.Tag> tags = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            tags.add(new TraceFilter.Tag(keys.get(i), texts.get(i)));
        }
        String status = values.first(prefix + "status");
        String complete = values.first(prefix + "complete");
        return new TraceFilter(
                values.first(prefix + "service"),
                values.first(prefix + "operation"),
                status == null ? null : SpanStatus.valueOf(status),
                values.number(prefix + "min_ns"),
                values.number(prefix + "max_ns"),
                tags,
                complete == null ? null : Boolean.valueOf(complete));
    }
}
