package dev.traced.assembler.store;

import dev.traced.assembler.stats.StatsBudget;
import dev.traced.model.RollingWindow;
import java.util.Map;
import java.util.concurrent.Executor;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Builds {@link TraceStore}s: Kafka's own metering and changelog around our rows, our own reading around both. */
public final class TraceStoreBuilder implements StoreBuilder<TraceStore> {
    private final String name;
    private final RollingWindow window;
    private final Map<String, String> changelog;
    private final RocksMemory memory;
    private final Executor compactions;
    private final SearchBudget searchBudget;
    private final StatsBudget statsBudget;
    private final Executor recounts;

    /**
     * @param changelog the configuration of the changelog topic
     * @param compactions runs what gives space back to the disk, apart from the stream threads
     * @param searchBudget what all stores of the process share for their search indexes
     * @param statsBudget what they share for their statistics
     * @param recounts counts services when a store becomes active, apart from the stream threads
     */
    public TraceStoreBuilder(
            String name,
            RollingWindow window,
            Map<String, String> changelog,
            RocksMemory memory,
            Executor compactions,
            SearchBudget searchBudget,
            StatsBudget statsBudget,
            Executor recounts) {
        this.name = name;
        this.window = window;
        this.changelog = changelog;
        this.memory = memory;
        this.compactions = compactions;
        this.searchBudget = searchBudget;
        this.statsBudget = statsBudget;
        this.recounts = recounts;
    }

    @Override
    public TraceStore build() {
        Eviction eviction = new Eviction(window, compactions);
        RocksRows rows = new RocksRows(name, memory, eviction);
        eviction.evicts(rows);
        KeyValueStore<Bytes, byte[]> logged = Stores.keyValueStoreBuilder(
                        new Supplier(name, rows), Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(changelog)
                .build();
        return new TraceStore(rows, logged, window, eviction, searchBudget, statsBudget, recounts);
    }

    private record Supplier(String name, RocksRows rows) implements KeyValueBytesStoreSupplier {
        @Override
        public KeyValueStore<Bytes, byte[]> get() {
            return rows;
        }

        @Override
        public String metricsScope() {
            return "rocksdb";
        }
    }

    @Override
    public Map<String, String> logConfig() {
        return changelog;
    }

    @Override
    public boolean loggingEnabled() {
        return true;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public StoreBuilder<TraceStore> withCachingEnabled() {
        throw new IllegalArgumentException("a cache would hide writes from queries");
    }

    @Override
    public StoreBuilder<TraceStore> withCachingDisabled() {
        return this;
    }

    @Override
    public StoreBuilder<TraceStore> withLoggingEnabled(Map<String, String> config) {
        return new TraceStoreBuilder(name, window, config, memory, compactions, searchBudget, statsBudget, recounts);
    }

    @Override
    public StoreBuilder<TraceStore> withLoggingDisabled() {
        throw new IllegalArgumentException("without a changelog a lost disk is a lost window");
    }
}
