package dev.traced.assembler;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells up to which offset of a partition a store has certainly seen all there is, before it has seen the records itself:
 * without that, a partition to which nobody writes could never pass the read barrier after a restart.
 */
public interface SettledOffsets {
    /**
     * The last offset that is settled; -1 if there is none. True of a store that has just been restored. One that has been open
     * for longer may have been replaced without knowing it: then what is settled is in its successor's.
     */
    CompletionStage<Long> lastSettled(TopicPartition partition);

    /** The last offset that the topic no longer holds, so that nobody can apply it any more; -1 if there is none. */
    CompletionStage<Long> lastGone(TopicPartition partition);
}
