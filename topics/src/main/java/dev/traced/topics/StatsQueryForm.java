package dev.traced.topics;

import dev.traced.model.StatsQuery;

/** A {@link StatsQuery} between a query service and an assembler: the query of a URL. */
public final class StatsQueryForm {
    private StatsQueryForm() {}

    /** As {@code name=value&...}. */
    public static String write(StatsQuery query) {
        UrlForm form = new UrlForm();
        form.add("by", query.by());
        form.add("service", query.service());
        form.add("operation", query.operation());
        form.add("after", query.afterNanos());
        form.add("before", query.beforeNanos());
        form.add("now", query.nowNanos());
        return form.toString();
    }

    /**
     * Reads what {@link #write} wrote; further parameters do no harm.
     *
     * @throws IllegalArgumentException if something is missing or wrong
     */
    public static StatsQuery read(String text) {
        UrlForm form = UrlForm.read(text);
        return new StatsQuery(
                StatsQuery.By.valueOf(String.valueOf(form.first("by"))),
                form.first("service"),
                form.first("operation"),
                form.number("after"),
                form.first("before") == null ? null : Long.valueOf(form.number("before")),
                form.number("now"));
    }
}
