package dev.traced.topics;

import dev.traced.model.TraceCursor;
import dev.traced.model.TraceQuery;

/** A {@link TraceQuery} between a query service and an assembler: the query of a URL. */
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
        TraceFilterForm.add(query.filter(), "", form);
        return form.toString();
    }

    /**
     * Reads what {@link #write} wrote; further parameters do no harm.
     *
     * @throws IllegalArgumentException if something is missing or wrong
     */
    public static TraceQuery read(String text) {
        UrlForm form = UrlForm.read(text);
        String cursor = form.first("cursor");
        return new TraceQuery(
                (int) form.number("limit"),
                form.number("first"),
                form.number("last"),
                form.number("now"),
                TraceFilterForm.read(form, ""),
                cursor == null ? null : TraceCursor.parse(cursor));
    }
}
