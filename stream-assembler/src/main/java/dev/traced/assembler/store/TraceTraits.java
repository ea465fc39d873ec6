package dev.traced.assembler.store;

import dev.traced.model.CompareQuery;
import dev.traced.model.TraitSample;
import java.util.Map;
import org.apache.kafka.streams.query.Query;

/**
 * Asks partitions for what the traces of a comparison have, each once it has applied the record at its offset; they wait
 * for that until {@code deadlineNanos} of {@link System#nanoTime}.
 *
 * @param most so many traces of each side are looked into in each partition
 */
public record TraceTraits(CompareQuery query, int most, Map<Integer, Long> offsets, long deadlineNanos)
        implements Query<TraitSample> {
    public TraceTraits {
        if (most < 1) {
            throw new IllegalArgumentException("most must be positive, was " + most);
        }
    }
}
