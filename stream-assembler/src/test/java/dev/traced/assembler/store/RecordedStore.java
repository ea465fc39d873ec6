package dev.traced.assembler.store;

import dev.traced.assembler.stats.StatsBudget;
import dev.traced.model.RollingWindow;
import java.io.File;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.BatchingStateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.rocksdb.RocksIterator;

/**
 * A real {@link TraceStore} whose changelog is a list, row by row in the order Kafka's logging layer would send them, and
 * that can be restored from any part of such a list.
 */
public final class RecordedStore implements AutoCloseable {
    public static final String NAME = "traces";

    private static final RocksMemory MEMORY = new RocksMemory(64 << 20);

    private final RocksRows rows;
    private final TraceStore traces;
    private List<KeyValue<byte[], byte[]>> changelog = new ArrayList<>();
    private BatchingStateRestoreCallback restoring;

    public RecordedStore(Path directory, RollingWindow window) {
        this(directory, window, StatsBudget.ofHeap(), Runnable::run);
    }

    /** @param recounts counts services when the store is activated */
    public RecordedStore(Path directory, RollingWindow window, StatsBudget statsBudget, Executor recounts) {
        Eviction eviction = new Eviction(window, compaction -> {}); // nothing here is large enough
        rows = new RocksRows(NAME, MEMORY, eviction);
        eviction.evicts(rows);
        traces = new TraceStore(rows, new Logged(), window, eviction, SearchBudget.ofHeap(), statsBudget, recounts);
        traces.init(context(directory), traces);
    }

    /** For the processor under test, which only asks it for the store's name. */
    public static TraceStoreBuilder builder(RollingWindow window) {
        return new TraceStoreBuilder(
                NAME,
                window,
                Map.of(),
                MEMORY,
                Runnable::run,
                SearchBudget.ofHeap(),
                StatsBudget.ofHeap(),
                Runnable::run);
    }

    public TraceStore traces() {
        return traces;
    }

    /** All rows logged so far. */
    public List<KeyValue<byte[], byte[]>> changelog() {
        return changelog;
    }

    /** From here on rows are added to this list. */
    public void logTo(List<KeyValue<byte[], byte[]>> log) {
        changelog = log;
    }

    /** Forgets everything, as if the disk were new, and restores these rows in batches of any size. */
    public void restoreFresh(List<KeyValue<byte[], byte[]>> log, Random batches) {
        traces.deactivate();
        rows.deleteLocally(keys());
        for (int from = 0; from < log.size(); ) {
            int to = Math.min(log.size(), from + 1 + batches.nextInt(20));
            restoring.restoreAll(log.subList(from, to));
            from = to;
        }
    }

    /** The keys of all rows, those of the chunks first. */
    public List<byte[]> keys() {
        List<byte[]> keys = new ArrayList<>();
        collect(keys, Rows.chunksFrom(0));
        collect(keys, new byte[] {Rows.ROOT});
        collect(keys, new byte[] {Rows.HEAD});
        return keys;
    }

    public long count(byte kind) {
        return keys().stream().filter(key -> key[0] == kind).count();
    }

    public long rootRows() {
        return count(Rows.ROOT);
    }

    private void collect(List<byte[]> keys, byte[] first) {
        try (RocksIterator row = rows.iteratorFrom(first)) {
            for (; row.isValid(); row.next()) {
                keys.add(row.key());
            }
        }
    }

    /** Only what the store asks of its context. */
    private StateStoreContext context(Path directory) {
        return (StateStoreContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {StateStoreContext.class}, (proxy, method, args) -> {
                    switch (method.getName()) {
                        case "taskId":
                            return new TaskId(0, 0);
                        case "stateDir":
                            return new File(directory.toString());
                        case "register":
                            restoring = (BatchingStateRestoreCallback) args[1];
                            return null;
                        default:
                            throw new UnsupportedOperationException(method.toString());
                    }
                });
    }

    @Override
    public void close() {
        traces.close();
    }

    /** In the place of Kafka's metering and logging layers. */
    private final class Logged implements KeyValueStore<Bytes, byte[]> {
        @Override
        public String name() {
            return rows.name();
        }

        @Override
        public void init(StateStoreContext context, StateStore root) {
            rows.init(context, root);
        }

        @Override
        public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
            rows.putAll(entries);
            entries.forEach(entry -> changelog.add(KeyValue.pair(entry.key.get(), entry.value)));
        }

        @Override
        public void put(Bytes key, byte[] value) {
            putAll(List.of(KeyValue.pair(key, value)));
        }

        @Override
        public byte[] putIfAbsent(Bytes key, byte[] value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] delete(Bytes key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] get(Bytes key) {
            return rows.get(key);
        }

        @Override
        public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
            return rows.range(from, to);
        }

        @Override
        public KeyValueIterator<Bytes, byte[]> all() {
            return rows.all();
        }

        @Override
        public long approximateNumEntries() {
            return rows.approximateNumEntries();
        }

        @Override
        public Position getPosition() {
            return rows.getPosition();
        }

        @Override
        public boolean persistent() {
            return true;
        }

        @Override
        public boolean isOpen() {
            return rows.isOpen();
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
