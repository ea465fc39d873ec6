package dev.traced.assembler;

import dev.traced.assembler.sampling.TailSampling;
import dev.traced.assembler.store.RocksMemory;
import dev.traced.model.RollingWindow;
import dev.traced.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What an assembler needs to know.
 *
 * @param instanceId stays the same over restarts and differs between instances: with it a restarted instance takes its
 *     partitions back at once instead of waiting for its former self to time out
 * @param address where other processes reach this instance's door, host:port; announced to the other instances
 * @param traceIdle a trace closes after so long without a new span
 * @param threads stream threads; more than partitions are idle
 * @param tailSampling which traces are kept when they close
 */
public record AssemblerConfig(
        String bootstrapServers,
        Path stateDir,
        String instanceId,
        String address,
        RollingWindow window,
        Duration traceIdle,
        short replication,
        int standbys,
        int threads,
        long rocksBytes,
        TailSampling tailSampling) {
    /** The changelog must outlive a bucket: its length, the window, and the time eviction may take on top. */
    private static final Duration CHANGELOG_MARGIN = Duration.ofSeconds(25);

    /**
     * The consumer group, and the first part of the changelog's name. The window is part of it: state made for another
     * window is rebuilt instead of being misread.
     */
    public String applicationId() {
        return "traced-assembler-" + window.window().toSeconds() + "s";
    }

    /** Whether this is the name of an assembler's state, of whatever window. */
    public static boolean isApplicationId(String name) {
        return name.matches("traced-assembler-\\d+s");
    }

    /** How long the changelog keeps a row; longer than any row is needed, since what lives longer is written again. */
    Map<String, String> changelog() {
        Map<String, String> configs = Topics.deletedAfter(window.length().plus(CHANGELOG_MARGIN), replication);
        configs.put(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");
        return configs;
    }

    RocksMemory rocksMemory() {
        return new RocksMemory(rocksBytes);
    }

    /** The configuration of Kafka Streams; each line that is not the default has its reason. */
    public Properties streams() {
        Properties p = new Properties();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId());
        p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        p.put(StreamsConfig.APPLICATION_SERVER_CONFIG, address);
        p.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, (int) replication);
        p.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys);
        // Our rows are keyed by what they are made of: applying a record twice changes nothing. Exactly-once would
        // wipe and restore every store after a crash.
        p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
        // The new protocol has no warm-up tasks yet and reports wrong owners with more than one thread (KAFKA-20782).
        p.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic");
        p.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0); // a cache would hide writes from queries
        p.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 1_000);
        // Spans do not wait for logs nor logs for spans: their order does not matter.
        p.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        p.put(StreamsConfig.POLL_MS_CONFIG, 20);
        p.put(StreamsConfig.MAX_WARMUP_REPLICAS_CONFIG, 16);
        p.put(StreamsConfig.PROBING_REBALANCE_INTERVAL_MS_CONFIG, 60_000);
        p.put(StreamsConfig.METRICS_RECORDING_LEVEL_CONFIG, "INFO");
        p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), instanceId);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 8_000);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), 1);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 2_000);
        p.put(StreamsConfig.consumerPrefix(ConsumerConfig.METADATA_MAX_AGE_CONFIG), 30_000);
        // An outage of the brokers must end in a retry, not in a store declared corrupt.
        p.put(StreamsConfig.producerPrefix(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG), Integer.MAX_VALUE);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        p.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        p.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), Topics.MAX_RECORD_BYTES);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 128 << 10);
        p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 50);
        return p;
    }
}
