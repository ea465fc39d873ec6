package dev.traced.testing.verify.workload;

import java.time.Duration;

/**
 * How much is generated and how it is cut.
 *
 * @param traces how many traces
 * @param largestTrace most spans of one trace; one trace is given exactly that many
 * @param largestBatch most spans of one request, 1..500
 * @param spread root start times lie in the last {@code spread} before the workload's now; spread plus the time the
 *     writing takes must stay below the server's window
 */
public record WorkloadShape(int traces, int largestTrace, int largestBatch, Duration spread) {

    public static final WorkloadShape DEFAULT = new WorkloadShape(5_000, 700, 500, Duration.ofMinutes(20));

    public WorkloadShape {
        if (traces < 1) {
            throw new IllegalArgumentException("traces must be at least 1, was " + traces);
        }
        if (largestTrace < 1) {
            throw new IllegalArgumentException("largestTrace must be at least 1, was " + largestTrace);
        }
        if (largestBatch < 1 || largestBatch > 500) {
            throw new IllegalArgumentException("largestBatch must be 1..500, was " + largestBatch);
        }
        if (spread.toMillis() < 1) {
            throw new IllegalArgumentException("spread must be at least 1 ms, was " + spread);
        }
    }

    public WorkloadShape withTraces(int newTraces) {
        return new WorkloadShape(newTraces, largestTrace, largestBatch, spread);
    }

    public WorkloadShape withLargestTrace(int newLargestTrace) {
        return new WorkloadShape(traces, newLargestTrace, largestBatch, spread);
    }

    public WorkloadShape withLargestBatch(int newLargestBatch) {
        return new WorkloadShape(traces, largestTrace, newLargestBatch, spread);
    }

    public WorkloadShape withSpread(Duration newSpread) {
        return new WorkloadShape(traces, largestTrace, largestBatch, newSpread);
    }
}
