package dev.traced.query;

import dev.traced.model.NotReadableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Asks the brokers how far a topic reaches: whatever was acknowledged before the question lies below the
 * answer. Queries that come while a question is under way share the next one; the one under way may have been answered
 * before they came. Thread-safe.
 */
final class EndOffsets {
    private final Admin admin;
    private final String topic;
    private volatile int partitions;
    private boolean asking;

    /** Those who came while a question was under way. */
    private @Nullable CompletableFuture<Map<Integer, Long>> waiting;

    EndOffsets(Admin admin, String topic) {
        this.admin = admin;
        this.topic = topic;
    }

    /**
     * For each partition the offset of its last record, -1 if it never had one.
     *
     * @throws NotReadableException if the brokers do not answer within the time
     */
    Map<Integer, Long> last(Duration timeout) throws InterruptedException {
        try {
            return question().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new NotReadableException("Kafka did not answer within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            partitions = 0; // perhaps the topic was made anew
            throw new NotReadableException("Kafka cannot be asked: " + e.getCause());
        }
    }

    private CompletableFuture<Map<Integer, Long>> question() {
        CompletableFuture<Map<Integer, Long>> mine;
        boolean idle;
        synchronized (this) {
            if (waiting == null) {
                waiting = new CompletableFuture<>();
            }
            mine = waiting;
            idle = !asking;
            asking = true;
        }
        if (idle) {
            askForWaiting();
        }
        return mine;
    }

    private void askForWaiting() {
        CompletableFuture<Map<Integer, Long>> answered;
        synchronized (this) {
            if (waiting == null) {
                asking = false;
                return;
            }
            answered = waiting;
            waiting = null;
        }
        // Also what the client throws itself must end the question, or all later ones would wait for it.
        CompletableFuture<Integer> described =
                CompletableFuture.<@Nullable Void>completedFuture(null).thenCompose(start -> describe());
        described.thenCompose(this::list).whenComplete((offsets, failure) -> {
            if (failure == null) {
                answered.complete(offsets);
            } else {
                answered.completeExceptionally(failure);
            }
            askForWaiting();
        });
    }

    private CompletableFuture<Integer> describe() {
        if (partitions > 0) {
            return CompletableFuture.completedFuture(partitions);
        }
        return admin.describeTopics(List.of(topic))
                .allTopicNames()
                .toCompletionStage()
                .toCompletableFuture()
                .thenApply(topics -> {
                    TopicDescription spans = topics.get(topic);
                    partitions = spans == null ? 0 : spans.partitions().size();
                    return partitions;
                });
    }

    private CompletableFuture<Map<Integer, Long>> list(int count) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (int partition = 0; partition < count; partition++) {
            latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        return admin.listOffsets(latest)
                .all()
                .toCompletionStage()
                .toCompletableFuture()
                .thenApply(offsets -> {
                    Map<Integer, Long> last = new TreeMap<>();
                    offsets.forEach((partition, end) -> last.put(partition.partition(), end.offset() - 1));
                    return last;
                });
    }
}
