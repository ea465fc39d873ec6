package dev.traced.assembler.store;

import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.TraceId;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/** The rows of a store, as they are or as they were at one time. */
interface RowReader {
    /** An iterator over the rows whose keys sort from that of {@code first} on. To be closed by the caller. */
    RocksIterator iteratorFrom(byte[] first);

    byte @Nullable [] get(byte[] key);

    /** What is known of a trace as a whole; null if nothing. */
    default @Nullable TraceHead head(TraceId traceId) {
        byte[] row = get(Rows.head(traceId));
        return row == null ? null : TraceHead.decode(row);
    }
}
