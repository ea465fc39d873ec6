package dev.traced.assembler.store;

import dev.traced.model.TraceId;
import org.rocksdb.RocksIterator;

/**
 * Which traces of a partition tail sampling has dropped: each has a row that says so, in place of its row of the list. While
 * there is none, nobody pays for asking. Used by the stream thread only.
 */
final class DroppedTraces {
    private final RocksRows rows;
    private long count;

    DroppedTraces(RocksRows rows) {
        this.rows = rows;
    }

    /** Counts the rows of a store that was restored. */
    void activate() {
        count = 0;
        try (RocksIterator row = rows.iteratorFrom(new byte[] {Rows.DROPPED})) {
            for (; row.isValid() && row.key()[0] == Rows.DROPPED; row.next()) {
                count++;
            }
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean contains(TraceId traceId) {
        return count > 0 && rows.get(Rows.dropped(traceId)) != null;
    }

    /** A row came. */
    void added() {
        count++;
    }

    /** A row that was there is gone. */
    void removed() {
        count--;
    }
}
