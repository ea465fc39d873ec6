package dev.traced.assembler.store;

import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import java.util.Map;
import org.apache.kafka.streams.query.Query;

/**
 * Asks partitions for their part of a list, each once it has applied the record at its offset; they wait for that until
 * {@code deadlineNanos} of {@link System#nanoTime}.
 */
public record TraceList(TraceQuery query, Map<Integer, Long> offsets, long deadlineNanos) implements Query<TracePage> {}
