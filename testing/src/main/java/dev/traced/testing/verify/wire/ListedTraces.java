package dev.traced.testing.verify.wire;

import java.util.List;

/** The answer of {@code GET /traces}. */
public record ListedTraces(List<ListedTrace> traces, long total) {

    public ListedTraces {
        traces = List.copyOf(traces);
    }
}
