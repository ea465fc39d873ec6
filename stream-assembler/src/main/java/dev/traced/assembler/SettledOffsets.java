package dev.traced.assembler;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells up to which offset a restored store has certainly seen its partition, before it sees the first record itself:
 * without that, a partition to which nobody writes could never pass the read barrier after a restart.
 */
public interface SettledOffsets {
    /** The last offset of the partition that is settled; -1 if there is none. */
    CompletionStage<Long> lastSettled(TopicPartition partition);
}
