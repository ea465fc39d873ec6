package dev.traced.model;

/**
 * Asks in what the selected traces differ from the rest of a population.
 *
 * @param times when the traces of the population start
 * @param filter what they must be like
 * @param selectedTimes when those of them start that are selected
 * @param selected what these must be like too
 */
public record CompareQuery(
        StartRange times, TraceFilter filter, StartRange selectedTimes, TraceFilter selected, long nowNanos) {
    public CompareQuery {
        if (selectedTimes.equals(StartRange.ANY) && selected.isAny()) {
            throw new IllegalArgumentException("nothing is selected: at least one of selected_after, selected_before,"
                    + " selected_service, selected_operation, selected_status, selected_min_duration_ms,"
                    + " selected_max_duration_ms, selected_min_duration_ns, selected_max_duration_ns, selected_tag and"
                    + " selected_complete must be given");
        }
    }
}
