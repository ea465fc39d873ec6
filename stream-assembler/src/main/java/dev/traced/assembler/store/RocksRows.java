package dev.traced.assembler.store;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.ProcessorStateException;
import org.apache.kafka.streams.processor.BatchingStateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.RocksObject;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One RocksDB with three column families. Chunks are big, written once in the order of time and dropped by the bucket; lines
 * of the list are written about in the order of time; all other rows are small, rewritten and found by id. What comes in
 * order is hardly ever merged, as long as it does not share its files with what does not.
 *
 * <p>Not Kafka's own {@code RocksDBStore}, because nothing outside of it can tell it to give space back to the disk, and an
 * idle store must. As there, the write-ahead log is off, since the changelog is one; the column families are flushed
 * together; and the changelog offset is a row of the same database, so that after a crash the store is as old as its
 * offset says, and what came later is read again from the changelog.
 *
 * <p>Written by the stream thread, read by it and by query threads. A query thread reads inside {@link #read}, which keeps
 * the database open for so long.
 */
final class RocksRows implements KeyValueStore<Bytes, byte[]>, RowReader {
    private static final byte[] CHUNKS = "chunks".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LIST = "list".getBytes(StandardCharsets.UTF_8);
    private static final byte OFFSETS = 0x00;
    private static final Position NO_POSITION = Position.emptyPosition();

    private final String name;
    private final RocksMemory memory;
    private final Evicted evicted;
    private final ReadWriteLock lifecycle = new ReentrantReadWriteLock();
    private final List<RocksObject> options = new ArrayList<>();
    private List<KeyValue<Bytes, byte[]>> withNext = List.of();
    private boolean unflushed;
    private volatile boolean open;
    private volatile boolean closing;
    private final AtomicInteger views = new AtomicInteger();
    private @Nullable Handles handles;

    /** What the database is reached by while it is open. */
    private record Handles(
            RocksDB db,
            ColumnFamilyHandle rows,
            ColumnFamilyHandle list,
            ColumnFamilyHandle chunks,
            WriteOptions write,
            ReadOptions read) {
        List<ColumnFamilyHandle> families() {
            return List.of(rows, list, chunks);
        }
    }

    /** Told, while the store is restored, that the bucket was evicted at this time by whoever owned the store then. */
    interface Evicted {
        void bucket(int bucket, long nowMs);
    }

    RocksRows(String name, RocksMemory memory, Evicted evicted) {
        this.name = name;
        this.memory = memory;
        this.evicted = evicted;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        openIn(new File(new File(context.stateDir(), "rocksdb"), name));
        context.register(root, (BatchingRestore) this::restore);
    }

    /** So that a method reference will do. */
    private interface BatchingRestore extends BatchingStateRestoreCallback {
        @Override
        default void restore(byte[] key, byte[] value) {
            restoreAll(List.of(KeyValue.pair(key, value)));
        }
    }

    private void openIn(File directory) {
        DBOptions db = own(new DBOptions())
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setAtomicFlush(true)
                .setWriteBufferManager(memory.writeBuffers())
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(512)
                .setInfoLogLevel(InfoLogLevel.ERROR_LEVEL)
                .setKeepLogFileNum(1)
                .setStatsDumpPeriodSec(0);
        List<ColumnFamilyDescriptor> families = List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, rowOptions()),
                new ColumnFamilyDescriptor(LIST, rowOptions()),
                new ColumnFamilyDescriptor(CHUNKS, chunkOptions()));
        List<ColumnFamilyHandle> opened = new ArrayList<>();
        try {
            Files.createDirectories(directory.toPath());
            RocksDB rocks = RocksDB.open(db, directory.getAbsolutePath(), families, opened);
            WriteOptions write = own(new WriteOptions()).setDisableWAL(true);
            ReadOptions read = own(new ReadOptions());
            handles = new Handles(rocks, opened.get(0), opened.get(1), opened.get(2), write, read);
            closing = false;
            open = true;
        } catch (IOException | RocksDBException e) {
            closeOptions();
            throw new ProcessorStateException("the store in " + directory + " could not be opened", e);
        }
    }

    /** Small rows found by id: a bloom filter answers for the many ids that are new. */
    private ColumnFamilyOptions rowOptions() {
        return own(new ColumnFamilyOptions())
                .setTableFormatConfig(table().setBlockSize(4 << 10).setFilterPolicy(own(new BloomFilter(10))))
                .setMemtablePrefixBloomSizeRatio(0.05)
                .setMemtableWholeKeyFiltering(true)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setCompactionStyle(CompactionStyle.LEVEL)
                // A small memtable stays in the processor's cache, where inserting into it is twice as fast.
                .setWriteBufferSize(8 << 20)
                .setMaxWriteBufferNumber(4);
    }

    /** Files of chunks hardly overlap in time: levels move them down without writing them again. */
    private ColumnFamilyOptions chunkOptions() {
        return own(new ColumnFamilyOptions())
                .setTableFormatConfig(table().setBlockSize(16 << 10))
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setCompactionStyle(CompactionStyle.LEVEL)
                .setWriteBufferSize(16 << 20)
                .setMaxWriteBufferNumber(4);
    }

    private BlockBasedTableConfig table() {
        return new BlockBasedTableConfig()
                .setBlockCache((LRUCache) memory.cache())
                .setCacheIndexAndFilterBlocks(true)
                .setPinL0FilterAndIndexBlocksInCache(true);
    }

    private <T extends RocksObject> T own(T object) {
        options.add(object);
        return object;
    }

    private void restore(Collection<KeyValue<byte[], byte[]>> batch) {
        try (WriteBatch rows = new WriteBatch()) {
            Restoration restoration = new Restoration(this::get);
            for (KeyValue<byte[], byte[]> row : batch) {
                if (row.key[0] == Rows.EVICTED) {
                    write(rows);
                    rows.clear();
                    restoration = new Restoration(this::get);
                    evicted.bucket(
                            Rows.bucketOf(row.key), ByteBuffer.wrap(row.value).getLong());
                } else {
                    for (KeyValue<byte[], byte[]> counts : restoration.next(row.key, row.value)) {
                        add(rows, counts.key, counts.value);
                    }
                }
            }
            write(rows);
        } catch (RocksDBException e) {
            throw failed("restore", e);
        }
    }

    private void add(WriteBatch batch, byte[] key, byte @Nullable [] value) throws RocksDBException {
        ColumnFamilyHandle family = family(key);
        if (value == null) {
            batch.delete(family, key);
        } else {
            batch.put(family, key, value);
        }
    }

    private ColumnFamilyHandle family(byte[] key) {
        return switch (key[0]) {
            case Rows.CHUNK -> handles().chunks;
            case Rows.ROOT -> handles().list;
            default -> handles().rows;
        };
    }

    private void write(WriteBatch batch) throws RocksDBException {
        unflushed = true;
        handles().db.write(handles().write, batch);
    }

    @Override
    public void put(Bytes key, byte @Nullable [] value) {
        putAll(List.of(KeyValue.pair(key, value)));
    }

    /** Writes these rows in one with the next {@link #putAll}, which logs its own rows and not these. */
    void writeWithNext(List<KeyValue<Bytes, byte[]>> rows) {
        withNext = rows;
    }

    /** Writes a row here and not to the changelog. */
    void putLocally(byte[] key, byte[] value) {
        try (WriteBatch batch = new WriteBatch()) {
            add(batch, key, value);
            write(batch);
        } catch (RocksDBException e) {
            throw failed("write", e);
        }
    }

    /** All rows or none of them; a row of the changelog alone is left out. */
    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> rows) {
        try (WriteBatch batch = new WriteBatch()) {
            for (KeyValue<Bytes, byte[]> row : rows) {
                byte[] key = row.key.get();
                if (key[0] != Rows.EVICTED) {
                    add(batch, key, row.value);
                }
            }
            for (KeyValue<Bytes, byte[]> row : withNext) {
                add(batch, row.key.get(), row.value);
            }
            withNext = List.of();
            write(batch);
        } catch (RocksDBException e) {
            throw failed("write", e);
        }
    }

    @Override
    public byte @Nullable [] putIfAbsent(Bytes key, byte @Nullable [] value) {
        byte[] before = get(key);
        if (before == null) {
            put(key, value);
        }
        return before;
    }

    @Override
    public byte @Nullable [] delete(Bytes key) {
        byte[] before = get(key);
        put(key, null);
        return before;
    }

    @Override
    public byte @Nullable [] get(Bytes key) {
        return get(key.get());
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        try {
            return handles().db.get(family(key), handles().read, key);
        } catch (RocksDBException e) {
            throw failed("read", e);
        }
    }

    /** Deletes rows here and not in the changelog. All or none. */
    void deleteLocally(List<byte[]> keys) {
        if (keys.isEmpty()) {
            return;
        }
        try (WriteBatch batch = new WriteBatch()) {
            for (byte[] key : keys) {
                batch.delete(family(key), key);
            }
            write(batch);
        } catch (RocksDBException e) {
            throw failed("delete", e);
        }
    }

    /**
     * Deletes all chunks of the bucket here. Of this bucket only: RocksDB keeps every range deleted until its memory is
     * flushed, and splits them all anew where they overlap, in quadratic time.
     */
    void dropChunks(int bucket) {
        try {
            handles()
                    .db
                    .deleteRange(
                            handles().chunks, handles().write, Rows.chunksFrom(bucket), Rows.chunksFrom(bucket + 1));
        } catch (RocksDBException e) {
            throw failed("drop chunks", e);
        }
    }

    /**
     * Removes the files that hold nothing but chunks of earlier buckets, all of which must have been dropped. Not while
     * there is a view: RocksDB would take the files from it, and whoever counts by it would miss what has moved since. The
     * next bucket that is dropped takes them along.
     */
    void removeFilesBefore(int bucket) {
        if (views.get() > 0) { // one that comes now sees that they are dropped
            return;
        }
        try {
            handles()
                    .db
                    .deleteFilesInRanges(handles().chunks, List.of(Rows.chunksFrom(0), Rows.chunksFrom(bucket)), false);
        } catch (RocksDBException e) {
            throw failed("remove files", e);
        }
    }

    /**
     * Begins to write to disk what is in memory only, if something is. Without it the offset on the disk of a quiet store
     * would grow older than what the changelog keeps, and a crash would cost a restore from the changelog's start.
     */
    void beginFlush() {
        if (!unflushed) {
            return;
        }
        unflushed = false;
        try (FlushOptions options = new FlushOptions().setWaitForFlush(false).setAllowWriteStall(true)) {
            handles().db.flush(options, handles().families());
        } catch (RocksDBException e) {
            throw failed("flush", e);
        }
    }

    @Override
    public RocksIterator iteratorFrom(byte[] first) {
        RocksIterator rows = handles().db.newIterator(family(first), handles().read);
        rows.seek(first);
        return rows;
    }

    /** A view that later writes do not change. */
    final class View implements RowReader, AutoCloseable {
        private final Snapshot snapshot;
        private final ReadOptions read;

        View() {
            Handles current = handles();
            views.incrementAndGet(); // before it looks, see removeFilesBefore
            snapshot = current.db.getSnapshot();
            read = new ReadOptions().setSnapshot(snapshot);
        }

        @Override
        public RocksIterator iteratorFrom(byte[] first) {
            RocksIterator rows = handles().db.newIterator(family(first), read);
            rows.seek(first);
            return rows;
        }

        @Override
        public byte @Nullable [] get(byte[] key) {
            try {
                return handles().db.get(family(key), read, key);
            } catch (RocksDBException e) {
                throw failed("read", e);
            }
        }

        @Override
        public void close() {
            read.close();
            handles().db.releaseSnapshot(snapshot);
            snapshot.close();
            views.decrementAndGet();
        }
    }

    /** A read by a thread that is not the stream thread. */
    interface Read<T> {
        T run() throws InterruptedException;
    }

    /**
     * Reads while the database cannot be closed.
     *
     * @throws InvalidStateStoreException if it is closed
     */
    <T> T read(Read<T> read) throws InterruptedException {
        lifecycle.readLock().lock();
        try {
            if (!open) {
                throw new InvalidStateStoreException("store " + name + " is closed");
            }
            return read.run();
        } finally {
            lifecycle.readLock().unlock();
        }
    }

    /**
     * Rewrites what is left after many deletes, so that the disk gets its space back. Takes as long as it takes; a close in
     * the meantime ends it.
     */
    void compact() throws InterruptedException {
        read(() -> {
            try (CompactRangeOptions whole = new CompactRangeOptions()
                    .setBottommostLevelCompaction(CompactRangeOptions.BottommostLevelCompaction.kForce)
                    .setExclusiveManualCompaction(false)) {
                for (ColumnFamilyHandle family : handles().families()) {
                    handles().db.compactRange(family, null, null, whole);
                }
            } catch (RocksDBException e) {
                if (!closing) {
                    throw failed("compact", e);
                }
            }
            return this;
        });
    }

    /**
     * Remembers up to where of the changelog the rows are. An offset of null is forgotten, and of an empty map all are: so
     * Kafka Streams says that the changelog no longer has what would follow, and that the store is restored from its start.
     */
    @Override
    public void commit(Map<TopicPartition, Long> changelogOffsets) {
        try (WriteBatch batch = new WriteBatch()) {
            if (changelogOffsets.isEmpty()) {
                batch.deleteRange(handles().rows, new byte[] {OFFSETS}, new byte[] {OFFSETS + 1});
            }
            for (Map.Entry<TopicPartition, Long> offset : changelogOffsets.entrySet()) {
                byte[] value = offset.getValue() == null
                        ? null
                        : ByteBuffer.allocate(Long.BYTES)
                                .putLong(offset.getValue())
                                .array();
                add(batch, offsetKey(offset.getKey()), value);
            }
            write(batch);
        } catch (RocksDBException e) {
            throw failed("commit", e);
        }
    }

    @Override
    public @Nullable Long committedOffset(TopicPartition partition) {
        byte[] offset = get(offsetKey(partition));
        return offset == null ? null : ByteBuffer.wrap(offset).getLong();
    }

    private static byte[] offsetKey(TopicPartition partition) {
        byte[] text = partition.toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + text.length).put(OFFSETS).put(text).array();
    }

    @Override
    @SuppressWarnings("deprecation") // Kafka asks it of every store until it drops its checkpoint files
    public boolean managesOffsets() {
        return true;
    }

    /** Empty: the read barrier is {@link AppliedOffset}. */
    @Override
    public Position getPosition() {
        return NO_POSITION;
    }

    @Override
    public boolean persistent() {
        return true;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        Handles last = handles;
        if (last == null) {
            return;
        }
        closing = true;
        last.db.cancelAllBackgroundWork(false); // flushes, and ends a compaction that a reader of ours may be in
        lifecycle.writeLock().lock();
        try {
            open = false;
            handles = null;
            last.families().forEach(ColumnFamilyHandle::close);
            last.db.close();
            closeOptions();
        } finally {
            lifecycle.writeLock().unlock();
        }
    }

    private void closeOptions() {
        options.forEach(RocksObject::close);
        options.clear();
    }

    private Handles handles() {
        Handles current = handles;
        if (current == null) {
            throw new InvalidStateStoreException("store " + name + " is closed");
        }
        return current;
    }

    private ProcessorStateException failed(String what, RocksDBException e) {
        return new ProcessorStateException("store " + name + ": " + what + " failed", e);
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(@Nullable Bytes from, @Nullable Bytes to) {
        byte[] first = from == null ? new byte[] {Rows.HEAD} : from.get();
        return new RowIterator(iteratorFrom(first), to);
    }

    /** All rows but the chunks and the lines of the list. */
    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return range(null, null);
    }

    @Override
    public long approximateNumEntries() {
        return property(handles().rows, "rocksdb.estimate-num-keys");
    }

    /** How large the database is, with this many traces in it. */
    StoreSize.Size size(long traces) {
        return new StoreSize.Size(
                traces,
                sum("rocksdb.total-sst-files-size"),
                sum("rocksdb.size-all-mem-tables"),
                property(handles().rows, "rocksdb.block-cache-usage"));
    }

    private long sum(String property) {
        long sum = 0;
        for (ColumnFamilyHandle family : handles().families()) {
            sum += property(family, property);
        }
        return sum;
    }

    private long property(ColumnFamilyHandle family, String name) {
        try {
            return handles().db.getLongProperty(family, name);
        } catch (RocksDBException e) {
            throw failed("property " + name, e);
        }
    }

    private static final class RowIterator implements KeyValueIterator<Bytes, byte[]> {
        private final RocksIterator rows;
        private final @Nullable Bytes last;

        RowIterator(RocksIterator rows, @Nullable Bytes last) {
            this.rows = rows;
            this.last = last;
        }

        @Override
        public boolean hasNext() {
            return rows.isValid() && (last == null || Bytes.wrap(rows.key()).compareTo(last) <= 0);
        }

        @Override
        public Bytes peekNextKey() {
            if (!hasNext()) {
                throw new java.util.NoSuchElementException();
            }
            return Bytes.wrap(rows.key());
        }

        @Override
        public KeyValue<Bytes, byte[]> next() {
            KeyValue<Bytes, byte[]> row = KeyValue.pair(peekNextKey(), rows.value());
            rows.next();
            return row;
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
