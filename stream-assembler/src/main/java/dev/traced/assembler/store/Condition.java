package dev.traced.assembler.store;

import dev.traced.model.SpanStatus;
import dev.traced.model.StartRange;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceSummary;
import dev.traced.topics.Terms;

/**
 * What traces must be like, and when they start, as it is asked for in the columns of the index and in the rows of the
 * list. Immutable.
 */
final class Condition {
    private final long[] terms;
    private final int must;
    private final int mustNot;
    private final long minNanos;
    private final long maxNanos;
    private final StartRange times;

    Condition(TraceFilter filter, StartRange times) {
        this(
                Terms.of(filter),
                (filter.status() == SpanStatus.ERROR ? SearchBucket.ERROR : 0)
                        | (Boolean.TRUE.equals(filter.complete()) ? SearchBucket.COMPLETE : 0),
                (filter.status() == SpanStatus.OK ? SearchBucket.ERROR : 0)
                        | (Boolean.FALSE.equals(filter.complete()) ? SearchBucket.COMPLETE : 0),
                filter.minDurationNanos(),
                filter.maxDurationNanos(),
                times);
    }

    /**
     * @param terms what is to be on some span each
     * @param must flags of {@link SearchBucket} that the trace has
     * @param mustNot those that it has not
     */
    Condition(long[] terms, int must, int mustNot, long minNanos, long maxNanos, StartRange times) {
        this.terms = terms;
        this.must = must;
        this.mustNot = mustNot;
        this.minNanos = minNanos;
        this.maxNanos = maxNanos;
        this.times = times;
    }

    /** What is to be on some span each; not to be changed. */
    long[] terms() {
        return terms;
    }

    boolean hasTerms() {
        return terms.length > 0;
    }

    StartRange times() {
        return times;
    }

    /** Whether it holds but for the terms. */
    boolean passes(long startNanos, long durationNanos, int flags) {
        return (flags & must) == must
                && (flags & mustNot) == 0
                && durationNanos >= minNanos
                && durationNanos <= maxNanos
                && startNanos >= times.firstNanos()
                && startNanos <= times.lastNanos();
    }

    /** The same of a line of the list. */
    boolean passes(TraceSummary trace) {
        return passes(trace.startTimeNanos(), trace.durationNanos(), SearchBucket.flags(trace));
    }

    /** Whether it asks for what a trace is once it has closed. */
    boolean asksForClosing() {
        return ((must | mustNot) & SearchBucket.COMPLETE) != 0;
    }

    /** The same without that. */
    Condition ofOpenTrace() {
        return new Condition(
                terms, must & ~SearchBucket.COMPLETE, mustNot & ~SearchBucket.COMPLETE, minNanos, maxNanos, times);
    }
}
