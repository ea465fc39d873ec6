package dev.traced.assembler.store;

import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import java.util.Map;
import org.apache.kafka.streams.query.Query;

/**
 * Asks partitions for their part of statistics, each once it has applied the record at its offset; they wait for that until
 * {@code deadlineNanos} of {@link System#nanoTime}.
 */
public record TraceStats(StatsQuery query, Map<Integer, Long> offsets, long deadlineNanos)
        implements Query<StatsPage> {}
