package dev.traced.model;

/** How many traces and spans there were, how many of the spans were errors, and how long they took. Not thread-safe. */
public final class StatsLine {
    private long traces;
    private long errors;
    private final DurationHistogram durations = new DurationHistogram();

    public void add(StatsLine other) {
        add(other.traces, other.errors, other.durations);
    }

    public void add(long moreTraces, long moreErrors, DurationHistogram spans) {
        traces += moreTraces;
        errors += moreErrors;
        durations.add(spans);
    }

    /** Traces that these spans belong to. Of calls it is 0. */
    public long traces() {
        return traces;
    }

    public long spans() {
        return durations.count();
    }

    public long errors() {
        return errors;
    }

    public DurationHistogram durations() {
        return durations;
    }
}
