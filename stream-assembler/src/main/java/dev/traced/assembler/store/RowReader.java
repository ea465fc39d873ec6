package dev.traced.assembler.store;

import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksIterator;

/** The rows of a store, as they are or as they were at one time. */
interface RowReader {
    /** An iterator over the rows whose keys sort from that of {@code first} on. To be closed by the caller. */
    RocksIterator iteratorFrom(byte[] first);

    byte @Nullable [] get(byte[] key);
}
