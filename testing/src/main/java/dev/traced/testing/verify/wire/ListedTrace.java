package dev.traced.testing.verify.wire;

/** One row of {@code GET /traces}: the contract's TraceSummary. */
public record ListedTrace(
        String traceId,
        String rootService,
        String rootOperation,
        long startTimeNanos,
        long durationMs,
        long spanCount,
        String status) {}
