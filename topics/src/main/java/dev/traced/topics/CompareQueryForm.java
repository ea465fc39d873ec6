package dev.traced.topics;

import dev.traced.model.CompareQuery;
import dev.traced.model.StartRange;

/** A {@link CompareQuery} between a query service and an assembler: the query of a URL. */
public final class CompareQueryForm {
    private static final String SELECTED = "selected_";

    private CompareQueryForm() {}

    /** As {@code name=value&...}. */
    public static String write(CompareQuery query) {
        UrlForm form = new UrlForm();
        form.add("first", query.times().firstNanos());
        form.add("last", query.times().lastNanos());
        TraceFilterForm.add(query.filter(), "", form);
        form.add(SELECTED + "first", query.selectedTimes().firstNanos());
        form.add(SELECTED + "last", query.selectedTimes().lastNanos());
        TraceFilterForm.add(query.selected(), SELECTED, form);
        form.add("now", query.nowNanos());
        return form.toString();
    }

    /**
     * Reads what {@link #write} wrote; further parameters do no harm.
     *
     * @throws IllegalArgumentException if something is missing or wrong
     */
    public static CompareQuery read(String text) {
        UrlForm form = UrlForm.read(text);
        return new CompareQuery(
                new StartRange(form.number("first"), form.number("last")),
                TraceFilterForm.read(form, ""),
                new StartRange(form.number(SELECTED + "first"), form.number(SELECTED + "last")),
                TraceFilterForm.read(form, SELECTED),
                form.number("now"));
    }
}
