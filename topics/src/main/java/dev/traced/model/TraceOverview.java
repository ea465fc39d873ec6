package dev.traced.model;

import java.util.ArrayList;
import java.util.List;

/**
 * How many traces started when, and how long their roots took. Not thread-safe.
 *
 * @param lines one for each step of time, and behind them one for what starts later than all of them
 */
public record TraceOverview(TimeSteps times, List<Line> lines) {
    /** The traces of a step of time. */
    public static final class Line {
        private final DurationHistogram ok = new DurationHistogram();
        private final DurationHistogram errors = new DurationHistogram();

        /** Of the traces without an error. */
        public DurationHistogram ok() {
            return ok;
        }

        /** Of those with an error. */
        public DurationHistogram errors() {
            return errors;
        }

        /** Of all. */
        public DurationHistogram all() {
            DurationHistogram all = new DurationHistogram();
            all.add(ok);
            all.add(errors);
            return all;
        }

        public long traces() {
            return ok.count() + errors.count();
        }

        private void add(long durationNanos, boolean isError) {
            (isError ? errors : ok).addToBucket(DurationHistogram.bucket(durationNanos), 1);
        }

        public void add(Line other) {
            ok.add(other.ok);
            errors.add(other.errors);
        }
    }

    /** One without traces. */
    public TraceOverview(TimeSteps times) {
        this(times, new ArrayList<>());
        for (int step = 0; step <= times.count(); step++) {
            lines.add(new Line());
        }
    }

    /** Counts a trace that starts within the times of the overview, or later. */
    public void add(long startNanos, long durationNanos, boolean isError) {
        lines.get(times.step(startNanos)).add(durationNanos, isError);
    }

    /** What starts later than all steps. */
    public Line later() {
        return lines.get(times.count());
    }

    /**
     * Overviews of different partitions as one.
     *
     * @throws NotReadableException if they are not for the same times and steps
     */
    public static TraceOverview of(List<TraceOverview> parts) {
        TraceOverview all = new TraceOverview(parts.get(0).times);
        for (TraceOverview part : parts) {
            if (!part.times.equals(all.times)) {
                throw new NotReadableException("the assembler has partitions with different windows");
            }
            for (int step = 0; step < all.lines.size(); step++) {
                all.lines.get(step).add(part.lines.get(step));
            }
        }
        return all;
    }
}
