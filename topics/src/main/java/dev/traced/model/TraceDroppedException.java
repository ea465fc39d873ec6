package dev.traced.model;

import java.time.Instant;

/** Tail sampling dropped the trace: it is in no list and cannot be shown, unless late spans change that. */
public final class TraceDroppedException extends RuntimeException {
    private static final long NANOS_A_SECOND = 1_000_000_000;

    private final TraceId traceId;
    private final String rule;
    private final long atNanos;

    /**
     * @param rule the name of the rule that dropped it
     * @param atNanos when, Unix nanoseconds
     */
    public TraceDroppedException(TraceId traceId, String rule, long atNanos) {
        super(
                "trace " + traceId + " was dropped by rule \"" + rule + "\" at "
                        + Instant.ofEpochSecond(
                                Math.floorDiv(atNanos, NANOS_A_SECOND), Math.floorMod(atNanos, NANOS_A_SECOND)),
                null,
                false,
                false);
        this.traceId = traceId;
        this.rule = rule;
        this.atNanos = atNanos;
    }

    public TraceId traceId() {
        return traceId;
    }

    public String rule() {
        return rule;
    }

    /** Unix nanoseconds. */
    public long atNanos() {
        return atNanos;
    }

    /** The message; never null here. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
