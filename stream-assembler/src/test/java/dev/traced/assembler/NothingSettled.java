package dev.traced.assembler;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;

/** A group that has committed nothing yet, to a topic that holds all it ever had. */
public final class NothingSettled implements SettledOffsets {
    private static final CompletionStage<Long> NONE = CompletableFuture.completedFuture(-1L);

    @Override
    public CompletionStage<Long> lastSettled(TopicPartition partition) {
        return NONE;
    }

    @Override
    public CompletionStage<Long> lastGone(TopicPartition partition) {
        return NONE;
    }
}
