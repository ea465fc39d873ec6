package dev.traced.topics;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Every topic of ours and how it is kept. Time on our topics is the broker's append time: a span's own clock is data, and
 * one from the year 2100 must not move a topic's retention.
 */
public final class Topics {
    /** Key: the 16 bytes of the trace id. Value: OTLP {@code TracesData}, see {@link SpanEncoder}. */
    public static final String SPANS = "spans";

    /**
     * Key: the 16 bytes of the trace id. Value: OTLP {@code LogsData}, the log records of that trace that one request
     * brought. As many partitions as {@link #SPANS}, so that a trace and its logs have one owner.
     */
    public static final String LOGS = "logs";

    /**
     * Traces that have closed, see {@link TraceEvent}. As many partitions as {@link #SPANS}: a trace has the same in both.
     */
    public static final String TRACES = "traces";

    /** Records of {@link #SPANS} and {@link #LOGS} that could not be read, as they were, with the reason in header {@code error}. */
    public static final String DEAD_LETTER = "dead-letter";

    /** As many replicas as the brokers are set to make. */
    public static final short BROKERS_DEFAULT = -1;

    /** A producer may send a record of 1 MiB; with what we add to it, it must still fit on its way to another topic. */
    public static final int MAX_RECORD_BYTES = 2 << 20;

    /** Fewer replicas than this cannot lose one and still take writes. */
    private static final int REPLICAS_TO_LOSE_ONE = 3;

    private Topics() {}

    /** Spans are kept as long as a trace is visible, and a little longer for an assembler that was away. */
    public static NewTopic spans(int partitions, short replication, Duration kept) {
        return new NewTopic(SPANS, partitions, replication).configs(deletedAfter(kept, replication));
    }

    /** Logs are kept as long as spans. */
    public static NewTopic logs(int partitions, short replication, Duration kept) {
        return new NewTopic(LOGS, partitions, replication).configs(deletedAfter(kept, replication));
    }

    /** Closed traces are kept as long as spans. */
    public static NewTopic traces(int partitions, short replication, Duration kept) {
        return new NewTopic(TRACES, partitions, replication).configs(deletedAfter(kept, replication));
    }

    /** What cannot be read is kept for a week for whoever wants to know why. */
    public static NewTopic deadLetter(short replication) {
        return new NewTopic(DEAD_LETTER, 1, replication).configs(deletedAfter(Duration.ofDays(7), replication));
    }

    /**
     * A log that is deleted once it is older than {@code kept}. A segment goes only as a whole, so segments are a tenth
     * of that. Of three replicas or more two must have a record before it is acknowledged, so that losing one disk loses
     * nothing.
     */
    public static Map<String, String> deletedAfter(Duration kept, short replication) {
        long segmentMs = Math.max(
                10_000, Math.min(kept.toMillis() / 10, Duration.ofHours(1).toMillis()));
        Map<String, String> configs = new LinkedHashMap<>();
        configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        configs.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(kept.toMillis()));
        configs.put(TopicConfig.SEGMENT_MS_CONFIG, Long.toString(segmentMs));
        configs.put(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(128 << 20));
        configs.put(TopicConfig.SEGMENT_INDEX_BYTES_CONFIG, Integer.toString(1 << 20));
        configs.put(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, "1000");
        configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_RECORD_BYTES));
        if (replication >= REPLICAS_TO_LOSE_ONE) {
            configs.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "2");
        }
        configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        return configs;
    }
}
