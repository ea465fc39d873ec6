package dev.traced.assembler.store;

import dev.traced.model.TraceId;
import org.apache.kafka.streams.query.Query;

/**
 * Asks one partition for what it holds of a trace, once it has applied the record at {@code offset}: the values of its
 * records in the order they arrived; none if the trace is unknown, dropped or not visible at {@code nowNanos}.
 */
public record TraceSpans(TraceId traceId, long nowNanos, long offset, long deadlineNanos)
        implements Query<TraceValues> {}
