package dev.traced.standalone.control;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyWindowStore;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.rocksdb.Options;
import org.slf4j.LoggerFactory;

/**
 * The program that {@link StockWindowStoreTest} lets crash: one processor that writes every row to a window store and to
 * a key-value store. Its {@code main} halts the JVM, so it needs one of its own; reading afterwards can be done anywhere.
 */
final class StockWindowStoreCrash {
    static final String ROWS = "rows";
    static final String WINDOW = "window";
    static final String KEY_VALUE = "key-value";
    static final Duration RETENTION = Duration.ofMinutes(30);
    static final int LATE_ROWS = 10;
    static final int NEWER_ROWS = 4_000;
    static final int EXIT_CODE = 9;

    private static final String LATE = "late-";
    private static final String NEWER = "newer-";
    private static final String APPLICATION = "stock-window-store";
    private static final TopicPartition INPUT = new TopicPartition(ROWS, 0);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** The interval of segments is not configurable: half the retention. */
    private static final long SEGMENT_MILLIS = RETENTION.toMillis() / 2;

    private StockWindowStoreCrash() {}

    /** How many rows each store has. */
    record Found(int lateInWindow, int newerInWindow, int lateInKeyValue, int newerInKeyValue) {}

    /** Late rows, then newer ones; all processed and committed; then as by kill -9. */
    public static void main(String[] args) throws Exception {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
        String bootstrapServers = args[0];
        long newer = System.currentTimeMillis() / SEGMENT_MILLIS * SEGMENT_MILLIS;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
                KafkaStreams streams = new KafkaStreams(topology(), config(bootstrapServers, Path.of(args[1])))) {
            admin.createTopics(List.of(new NewTopic(ROWS, Optional.of(1), Optional.empty())))
                    .all()
                    .get();
            streams.start();
            send(bootstrapServers, LATE, 0, LATE_ROWS, newer - 1);
            send(bootstrapServers, NEWER, 0, NEWER_ROWS / 2, newer);
            awaitCommitted(admin, LATE_ROWS + NEWER_ROWS / 2);
            // The commit has put the offset into the newest segment's memtable; these rows push that to disk.
            send(bootstrapServers, NEWER, NEWER_ROWS / 2, NEWER_ROWS, newer);
            awaitCommitted(admin, LATE_ROWS + NEWER_ROWS);
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }

    /** Starts the application again, waits for what it restores, and counts. */
    static Found read(String bootstrapServers, Path stateDirectory) {
        try (KafkaStreams streams = new KafkaStreams(topology(), config(bootstrapServers, stateDirectory))) {
            streams.start();
            await().atMost(LIMIT).until(() -> streams.state() == KafkaStreams.State.RUNNING);
            ReadOnlyWindowStore<String, String> window =
                    streams.store(StoreQueryParameters.fromNameAndType(WINDOW, QueryableStoreTypes.windowStore()));
            ReadOnlyKeyValueStore<String, String> keyValue =
                    streams.store(StoreQueryParameters.fromNameAndType(KEY_VALUE, QueryableStoreTypes.keyValueStore()));
            return found(window, keyValue);
        }
    }

    private static Found found(
            ReadOnlyWindowStore<String, String> window, ReadOnlyKeyValueStore<String, String> keyValue) {
        int[] late = new int[2];
        int[] newer = new int[2];
        try (var rows = window.fetchAll(Instant.EPOCH, Instant.now());
                var pairs = keyValue.all()) {
            rows.forEachRemaining(row -> (row.key.key().startsWith(LATE) ? late : newer)[0]++);
            pairs.forEachRemaining(pair -> (pair.key.startsWith(LATE) ? late : newer)[1]++);
        }
        return new Found(late[0], newer[0], late[1], newer[1]);
    }

    static Topology topology() {
        var window = Stores.windowStoreBuilder(
                Stores.persistentWindowStore(WINDOW, RETENTION, Duration.ofMinutes(1), false),
                Serdes.String(),
                Serdes.String());
        var keyValue = Stores.keyValueStoreBuilder(
                Stores.persistentKeyValueStore(KEY_VALUE), Serdes.String(), Serdes.String());
        return new Topology()
                .addSource("source", ROWS)
                .addProcessor("write-both", WriteBoth::new, "source")
                .addStateStore(window, "write-both")
                .addStateStore(keyValue, "write-both");
    }

    static Properties config(String bootstrapServers, Path stateDirectory) {
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        config.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        config.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        config.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, SmallMemtables.class);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        config.put("auto.offset.reset", "earliest");
        // The halted member stays in the group until its session expires.
        config.put("session.timeout.ms", 2_000);
        config.put("heartbeat.interval.ms", 500);
        return config;
    }

    private static void send(String bootstrapServers, String prefix, int from, int to, long timestamp) {
        String value = "x".repeat(200);
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>(ROWS, 0, timestamp, prefix + i, value));
            }
        }
    }

    private static void awaitCommitted(Admin admin, long offset) {
        await().atMost(LIMIT).until(() -> {
            OffsetAndMetadata committed = admin.listConsumerGroupOffsets(APPLICATION)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(INPUT);
            return committed != null && committed.offset() == offset;
        });
    }

    /** Flushes after a few hundred rows; with the default of 16 MiB the same happens later. */
    public static final class SmallMemtables implements RocksDBConfigSetter {
        @Override
        public void setConfig(String storeName, Options options, Map<String, Object> configs) {
            options.setWriteBufferSize(64 * 1024);
        }

        @Override
        public void close(String storeName, Options options) {}
    }

    private static final class WriteBoth extends ContextualProcessor<String, String, Void, Void> {
        @Override
        public void process(Record<String, String> row) {
            ProcessorContext<Void, Void> context = context();
            WindowStore<String, String> window = context.getStateStore(WINDOW);
            KeyValueStore<String, String> keyValue = context.getStateStore(KEY_VALUE);
            window.put(row.key(), row.value(), row.timestamp());
            keyValue.put(row.key(), row.value());
        }
    }
}
