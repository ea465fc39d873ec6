package dev.traced.assembler.store;

import dev.traced.model.OverviewQuery;
import dev.traced.model.TraceOverview;
import java.util.Map;
import org.apache.kafka.streams.query.Query;

/**
 * Asks partitions for their part of an overview, each once it has applied the record at its offset; they wait for that until
 * {@code deadlineNanos} of {@link System#nanoTime}.
 */
public record TraceTimes(OverviewQuery query, Map<Integer, Long> offsets, long deadlineNanos)
        implements Query<TraceOverview> {}
