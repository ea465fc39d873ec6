package dev.traced.standalone;

import dev.traced.model.RollingWindow;
import dev.traced.topics.TopicProvisioner;
import dev.traced.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;

/** Makes sure that our topics are there and fit the settings. */
final class Provisioning {
    /** What an assembler that was away may be late by. */
    private static final Duration AWAY = Duration.ofSeconds(20);

    private static final int TIMEOUT_MS = 15_000;
    private static final int PREFLIGHT_MS = 5_000;

    private Provisioning() {}

    static Admin admin(String bootstrapServers) {
        try {
            return Admin.create(Map.of(
                    AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000,
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 4_000,
                    AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500));
        } catch (KafkaException e) {
            String why = e.getCause() == null
                    ? String.valueOf(e.getMessage())
                    : e.getCause().getMessage();
            throw new IllegalStateException(
                    "KAFKA_BOOTSTRAP_SERVERS must be host:port,..., was " + bootstrapServers + ": " + why, e);
        }
    }

    /**
     * Says before an assembler starts what would kill it then.
     *
     * @throws IllegalStateException if our topics are missing, or the brokers are fewer than the replicas wanted
     */
    static void requireTopics(Admin admin, String bootstrapServers, short replication) throws InterruptedException {
        try {
            TopicProvisioner topics = new TopicProvisioner(admin, PREFLIGHT_MS);
            for (String topic : List.of(Topics.SPANS, Topics.LOGS, Topics.TRACES, Topics.DEAD_LETTER)) {
                if (topics.partitions(topic) == 0) {
                    throw new IllegalStateException("Kafka at " + bootstrapServers + " has no topic " + topic
                            + ": create it with traced topics create");
                }
            }
            int brokers = admin.describeCluster()
                    .nodes()
                    .get(PREFLIGHT_MS, TimeUnit.MILLISECONDS)
                    .size();
            if (brokers < replication) {
                throw new IllegalStateException(
                        "--replication-factor (REPLICATION_FACTOR) must be at most the number of"
                                + " brokers, which is " + brokers + ", was " + replication);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Kafka at " + bootstrapServers + " does not answer", e);
        } catch (IllegalStateException e) {
            throw isSilence(e) ? new IllegalStateException("Kafka at " + bootstrapServers + " does not answer", e) : e;
        }
    }

    /**
     * Creates what is missing.
     *
     * @return what was done, a line for each topic that was created or changed
     * @throws IllegalStateException if topic spans has another number of partitions, or Kafka does not answer
     */
    static List<String> provision(
            Admin admin, String bootstrapServers, int partitions, short replication, RollingWindow window)
            throws InterruptedException {
        TopicProvisioner topics = new TopicProvisioner(admin, TIMEOUT_MS);
        try {
            NewTopic spans =
                    Topics.spans(partitions, replication, window.length().plus(AWAY));
            NewTopic logs = Topics.logs(partitions, replication, window.length().plus(AWAY));
            NewTopic traces =
                    Topics.traces(partitions, replication, window.length().plus(AWAY));
            List<String> created = topics.create(List.of(spans, logs, traces, Topics.deadLetter(replication)));
            List<String> done = new ArrayList<>();
            created.forEach(name -> done.add("created " + name));
            for (NewTopic topic : List.of(spans, logs, traces)) {
                int found = topics.partitions(topic.name());
                if (found != 0 && found != partitions) {
                    throw new IllegalStateException("topic " + topic.name() + " has " + found + " partitions, not "
                            + partitions + ": start with --partitions " + found + " (PARTITIONS=" + found
                            + "), or with another cluster");
                }
                // The window may have been another.
                if (!created.contains(topic.name()) && topics.keep(topic)) {
                    done.add(topic.name() + " is now kept for "
                            + window.length().plus(AWAY).toSeconds() + " s");
                }
            }
            return done;
        } catch (TimeoutException e) {
            throw new IllegalStateException("Kafka at " + bootstrapServers + " does not answer", e);
        } catch (IllegalStateException e) {
            throw isSilence(e) ? new IllegalStateException("Kafka at " + bootstrapServers + " does not answer", e) : e;
        }
    }

    /** The client's own timeout comes before ours, and its text does not say where it asked. */
    private static boolean isSilence(IllegalStateException e) {
        return e.getCause() instanceof ExecutionException failed
                && failed.getCause() instanceof org.apache.kafka.common.errors.TimeoutException;
    }
}
