package dev.traced.assembler.store;

import org.apache.kafka.streams.query.Query;

/** Asks a store how large it is, whether it is active or a standby. */
public record StoreSize() implements Query<StoreSize.Size> {
    /**
     * How large a store is.
     *
     * @param traces that are listed, the expired ones that are not evicted yet included; 0 for a standby, which does not count
     * @param diskBytes of its files
     * @param memoryBytes of rows that are not in files yet
     * @param cacheBytes of the memory that all stores of the process share, the rows above included
     */
    public record Size(long traces, long diskBytes, long memoryBytes, long cacheBytes) {}
}
