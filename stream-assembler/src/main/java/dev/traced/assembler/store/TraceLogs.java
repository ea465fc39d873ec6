package dev.traced.assembler.store;

import dev.traced.model.TraceId;
import org.apache.kafka.streams.query.Query;

/**
 * Asks one partition for the logs of a trace, once it has applied the record at {@code offset} of topic {@code logs}: the
 * values of its records in the order they arrived; none if there are none.
 */
public record TraceLogs(TraceId traceId, long offset, long deadlineNanos) implements Query<TraceValues> {}
