package dev.traced.topics;

import dev.traced.model.OverviewQuery;

/** An {@link OverviewQuery} between a query service and an assembler: the query of a URL. */
public final class OverviewQueryForm {
    private OverviewQueryForm() {}

    /** As {@code name=value&...}. */
    public static String write(OverviewQuery query) {
        UrlForm form = new UrlForm();
        form.add("steps", query.steps());
        form.add("first", query.firstNanos());
        form.add("before", query.beforeNanos());
        form.add("now", query.nowNanos());
        TraceFilterForm.add(query.filter(), "", form);
        return form.toString();
    }

    /**
     * Reads what {@link #write} wrote; further parameters do no harm.
     *
     * @throws IllegalArgumentException if something is missing or wrong
     */
    public static OverviewQuery read(String text) {
        UrlForm form = UrlForm.read(text);
        return new OverviewQuery(
                (int) form.number("steps"),
                form.number("first"),
                form.first("before") == null ? null : Long.valueOf(form.number("before")),
                form.number("now"),
                TraceFilterForm.read(form, ""));
    }
}
