package dev.traced.ingest;

import dev.traced.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;

/**
 * Whether Kafka can take spans: topic {@code spans} is there and each of its partitions has a leader. Asked at most once
 * a second and by one thread at a time; the others wait for its answer, which they then share.
 */
public final class KafkaHealth {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final long VALID_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<Optional<String>> probe;
    private final LongSupplier nanoTime;
    private Optional<String> last = Optional.empty();
    private long lastAt;
    private boolean isKnown;

    /** @param admin is not closed by this */
    public KafkaHealth(Admin admin) {
        this(() -> probe(admin), System::nanoTime);
    }

    KafkaHealth(Supplier<Optional<String>> probe, LongSupplier nanoTime) {
        this.probe = probe;
        this.nanoTime = nanoTime;
    }

    /** What is wrong with Kafka; empty if nothing is. May take two seconds. */
    public synchronized Optional<String> problem() {
        if (!isKnown || nanoTime.getAsLong() - lastAt >= VALID_NANOS) {
            last = probe.get();
            lastAt = nanoTime.getAsLong();
            isKnown = true;
        }
        return last;
    }

    private static Optional<String> probe(Admin admin) {
        try {
            Map<String, TopicDescription> topics = admin.describeTopics(
                            List.of(Topics.SPANS), new DescribeTopicsOptions().timeoutMs((int) TIMEOUT.toMillis()))
                    .allTopicNames()
                    .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return topics.values().stream().flatMap(KafkaHealth::withoutLeader).findFirst();
        } catch (ExecutionException e) {
            return Optional.of("Kafka: " + reason(e));
        } catch (TimeoutException e) {
            return Optional.of("Kafka does not answer within " + TIMEOUT.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted while asking Kafka");
        }
    }

    private static String reason(ExecutionException e) {
        Throwable cause = e.getCause();
        return String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
    }

    private static Stream<String> withoutLeader(TopicDescription topic) {
        return topic.partitions().stream()
                .filter(partition ->
                        partition.leader() == null || partition.leader().isEmpty())
                .map(partition ->
                        "Kafka: partition " + partition.partition() + " of topic " + topic.name() + " has no leader");
    }
}
