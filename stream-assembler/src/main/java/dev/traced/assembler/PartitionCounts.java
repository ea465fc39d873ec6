package dev.traced.assembler;

/**
 * Counts what becomes of the records of a partition, each once in the life of the process, however often it is delivered:
 * after a rebalance, or when a stream thread died. Offsets only grow, so that one number tells. Used by the owner of the
 * partition only.
 */
final class PartitionCounts {
    private final AssemblerMetrics metrics;
    private volatile long upTo = -1;

    PartitionCounts(AssemblerMetrics metrics) {
        this.metrics = metrics;
    }

    private boolean isFirst(long offset) {
        if (offset <= upTo) {
            return false;
        }
        upTo = offset;
        return true;
    }

    /**
     * A record was applied.
     *
     * @param added how many of its spans were new to their trace; the others replaced one
     * @param isLate whether its trace had closed
     */
    void applied(long offset, int spans, int added, boolean isLate) {
        if (isFirst(offset)) {
            metrics.stored(added);
            metrics.late(isLate ? added : 0);
            metrics.duplicate(spans - added);
        }
    }

    /** A record had been applied before. */
    void redelivered(long offset, int spans) {
        if (isFirst(offset)) {
            metrics.redelivered(spans);
        }
    }

    /** A record came to a trace that had left the window. */
    void expired(long offset, int spans) {
        if (isFirst(offset)) {
            metrics.expired(spans);
        }
    }

    /** A record of logs was stored. */
    void logs(long offset, int logs) {
        if (isFirst(offset)) {
            metrics.logs(logs);
        }
    }

    /** A record went to the dead letters. */
    void unreadable(long offset) {
        if (isFirst(offset)) {
            metrics.unreadable();
        }
    }
}
