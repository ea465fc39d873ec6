package dev.traced.assembler.store;

import org.apache.kafka.streams.query.Query;

/** Asks a store whether it is the active one of its partition, fully restored. */
public record PartitionStatus() implements Query<Boolean> {}
