package dev.traced.model;

import java.util.List;

/** The newest traces that match a query, newest first, and how many match in all. */
public record TracePage(List<TraceSummary> traces, long total) {
    public TracePage {
        traces = List.copyOf(traces);
    }
}
