package dev.traced.query;

import dev.traced.model.PartitionReader;
import java.util.Optional;

/** Knows who owns a partition. */
public interface PartitionOwners extends AutoCloseable {
    /** The reader that could read the partition when last asked; empty if none could. */
    Optional<PartitionReader> owner(int partition);

    /** What is known may be wrong: ask anew. Returns when that is done, or was done a moment ago. */
    void refresh();

    @Override
    default void close() {}

    /** All partitions are in this process. */
    static PartitionOwners only(PartitionReader reader) {
        return new PartitionOwners() {
            @Override
            public Optional<PartitionReader> owner(int partition) {
                return Optional.of(reader);
            }

            @Override
            public void refresh() {}
        };
    }
}
