package dev.traced.assembler.store;

import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * The native memory that all partitions of a process share, so that it does not grow with their number: blocks read and
 * rows not yet flushed are charged to one cache. Lives as long as the process.
 */
public final class RocksMemory {
    static {
        RocksDB.loadLibrary();
    }

    private final Cache cache;
    private final WriteBufferManager writeBuffers;

    /** A quarter of {@code bytes} is left to blocks even when all partitions write at full speed. */
    @SuppressWarnings("resource") // closed never: native stores may still refer to it while the process ends
    public RocksMemory(long bytes) {
        this.cache = new LRUCache(bytes);
        this.writeBuffers = new WriteBufferManager(bytes / 4 * 3, cache);
    }

    Cache cache() {
        return cache;
    }

    WriteBufferManager writeBuffers() {
        return writeBuffers;
    }
}
