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

    /** Records of {@link #SPANS} and {@link #LOGS} that could not be read, as they were, with the reason in header {@code error}. */
    public static final String DEAD_LETTER = "dead-letter";

    private Topics() {}

    /** Spans are kept as long as a trace is visible, and a little longer for an assembler that was away. */
    public static NewTopic spans(int partitions, short replication, Duration kept) {
        return new NewTopic(SPANS, partitions, replication).configs(deletedAfter(kept));
    }

    /** Logs are kept as long as spans. */
    public static NewTopic logs(int partitions, short replication, Duration kept) {
        return new NewTopic(LOGS, partitions, replication).configs(deletedAfter(kept));
    }

    /** What cannot be read is kept for a week for whoever wants to know why. */
    public static NewTopic deadLetter(short replication) {
        return new NewTopic(DEAD_LETTER, 1, replication).configs(deletedAfter(Duration.ofDays(7)));
    }

    /**
     * A log that is deleted once it is older than {@code kept}. A segment goes only as a whole, so segments are a tenth
     * of that.
     */
    public static Map<String, String> deletedAfter(Duration kept) {
        long segmentMs = Math.max(
                10_000, Math.min(kept.toMillis() / 10, Duration.ofHours(1).toMillis()));
        Map<String, String> configs = new LinkedHashMap<>();
        configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        configs.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(kept.toMillis()));
        configs.put(TopicConfig.SEGMENT_MS_CONFIG, Long.toString(segmentMs));
        configs.put(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(128 << 20));
        configs.put(TopicConfig.SEGMENT_INDEX_BYTES_CONFIG, Integer.toString(1 << 20));
        configs.put(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, "1000");
        configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        return configs;
    }
}
