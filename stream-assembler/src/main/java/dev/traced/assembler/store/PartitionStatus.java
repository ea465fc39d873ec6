package dev.traced.assembler.store;

import org.apache.kafka.streams.query.Query;

/** Asks a store how it is. */
public record PartitionStatus() implements Query<PartitionStatus.Status> {
    /**
     * How a store is.
     *
     * @param isActive whether it is the one of its partition that is written, fully restored
     * @param applied the offset of the last record it has seen, -1 if it knows of none
     * @param appliedMs when the broker appended the last record that it has applied itself, Unix milliseconds; 0 if none
     */
    public record Status(boolean isActive, long applied, long appliedMs) {}
}
