package dev.traced.assembler;

import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns up to where a store has certainly seen a partition without having seen its records: once after a restore, what its
 * group has settled; later only where the topic no longer has what a query waits for. An owner that was paused for longer than
 * its session does not know of its successor: what that one has settled since would let queries pass that find nothing here.
 * Asynchronous: a stream thread must not wait for a broker. Used by the stream thread; the answer comes from another.
 */
final class RestoredBarrier {
    private static final Logger LOGGER = LoggerFactory.getLogger(RestoredBarrier.class);

    private final SettledOffsets settled;
    private final TopicPartition partition;
    private final LongConsumer applied;
    private volatile boolean asking;
    private volatile boolean answered;

    /** @param applied is told the offset */
    RestoredBarrier(SettledOffsets settled, TopicPartition partition, LongConsumer applied) {
        this.settled = settled;
        this.partition = partition;
        this.applied = applied;
    }

    /** Asks, if it has not been answered yet or somebody waits, and no answer is on its way. */
    void ask(boolean isAwaited) {
        if (asking || (answered && !isAwaited)) {
            return;
        }
        asking = true;
        CompletionStage<Long> seen = answered ? settled.lastGone(partition) : settled.lastSettled(partition);
        seen.whenComplete((offset, failure) -> {
            asking = false;
            if (failure == null) {
                applied.accept(offset);
                answered = true;
            } else {
                LOGGER.atWarn()
                        .addKeyValue("partition", partition)
                        .addKeyValue("cause", failure.toString())
                        .log("the offsets of the partition could not be read");
            }
        });
    }
}
