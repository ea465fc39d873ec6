package dev.traced.assembler;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Settled is what the group has committed, since a commit follows the flush of the changelog that a restore reads; and what
 * the topic no longer holds, since nobody can apply it any more.
 */
final class KafkaSettledOffsets implements SettledOffsets {
    private final Admin admin;
    private final String groupId;

    KafkaSettledOffsets(Admin admin, String groupId) {
        this.admin = admin;
        this.groupId = groupId;
    }

    @Override
    public CompletionStage<Long> lastSettled(TopicPartition partition) {
        CompletionStage<Long> committed = admin.listConsumerGroupOffsets(
                        Map.of(groupId, new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(partition))),
                        new ListConsumerGroupOffsetsOptions())
                .partitionsToOffsetAndMetadata(groupId)
                .toCompletionStage()
                .thenApply(offsets -> {
                    OffsetAndMetadata offset = offsets.get(partition);
                    return offset == null ? 0L : offset.offset();
                });
        return committed.thenCombine(lastGone(partition), (next, gone) -> Math.max(next - 1, gone));
    }

    @Override
    public CompletionStage<Long> lastGone(TopicPartition partition) {
        return admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .toCompletionStage()
                .thenApply(earliest -> earliest.offset() - 1);
    }
}
