package dev.traced.assembler.store;

import dev.traced.model.SpanStatus;
import dev.traced.model.TimeSteps;
import dev.traced.model.TraceOverview;
import dev.traced.model.TraceSummary;

/** Counts what is found by its start and duration. */
final class OverviewCollector implements SearchCollector {
    private final TraceOverview overview;

    OverviewCollector(TimeSteps times) {
        this.overview = new TraceOverview(times);
    }

    @Override
    public void indexed(SearchBucket bucket, int ordinal, boolean isSelected) {
        overview.add(
                bucket.starts[ordinal], bucket.durations[ordinal], (bucket.flags[ordinal] & SearchBucket.ERROR) != 0);
    }

    @Override
    public void confirmed(Indexed trace, boolean isSelected) {
        overview.add(trace.startNanos(), trace.durationNanos(), trace.isError());
    }

    @Override
    public void listed(TraceSummary trace, boolean isSelected) {
        overview.add(trace.startTimeNanos(), trace.durationNanos(), trace.status() == SpanStatus.ERROR);
    }

    TraceOverview overview() {
        return overview;
    }
}
