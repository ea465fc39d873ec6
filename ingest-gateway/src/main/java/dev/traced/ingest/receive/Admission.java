package dev.traced.ingest.receive;

import dev.traced.ingest.sampling.SamplingRates;

/**
 * Which of the spans of a request are let in once they are known to be valid: first what began before the window is dropped as
 * stale, then what is not kept is sampled out. Made for each request, since the window moves. Immutable.
 *
 * @param fromNanos what starts earlier is stale; Unix nanoseconds
 * @param rates of the sampling
 */
public record Admission(long fromNanos, SamplingRates rates) {
    /** All that start then or later, none sampled out. */
    public static Admission from(long fromNanos) {
        return new Admission(fromNanos, SamplingRates.ALL);
    }

    public boolean isStale(long startTimeNanos) {
        return startTimeNanos < fromNanos;
    }
}
