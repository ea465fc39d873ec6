package dev.traced.topics;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics that are missing, and makes how long the others are kept fit the settings. */
public final class TopicProvisioner {
    private final Admin admin;
    private final int timeoutMs;

    /** @param timeoutMs what each request to Kafka may take, whatever {@code admin} is set to otherwise */
    public TopicProvisioner(Admin admin, int timeoutMs) {
        this.admin = admin;
        this.timeoutMs = timeoutMs;
    }

    /**
     * Creates what is missing of {@code topics}.
     *
     * @return the names of those that were created; the others existed
     */
    public List<String> create(List<NewTopic> topics) throws InterruptedException, TimeoutException {
        List<String> created = new ArrayList<>();
        for (var result : admin.createTopics(topics, new CreateTopicsOptions().timeoutMs(timeoutMs))
                .values()
                .entrySet()) {
            try {
                result.getValue().get(timeoutMs, TimeUnit.MILLISECONDS);
                created.add(result.getKey());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new IllegalStateException(
                            "topic " + result.getKey() + " could not be created: " + e.getMessage(), e);
                }
            }
        }
        return created;
    }

    /**
     * Sets how long a topic is kept, and what follows from that, where it is not as given.
     *
     * @return whether anything had to be changed
     */
    public boolean keep(NewTopic topic) throws InterruptedException, TimeoutException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        try {
            Config now = requireNonNull(
                    admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().timeoutMs(timeoutMs))
                            .all()
                            .get(timeoutMs, TimeUnit.MILLISECONDS)
                            .get(resource));
            List<AlterConfigOp> changes = new ArrayList<>();
            for (String name : List.of(
                    TopicConfig.RETENTION_MS_CONFIG,
                    TopicConfig.SEGMENT_MS_CONFIG,
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG)) {
                String wanted = topic.configs().get(name);
                if (!now.get(name).value().equals(wanted)) {
                    changes.add(new AlterConfigOp(new ConfigEntry(name, wanted), AlterConfigOp.OpType.SET));
                }
            }
            if (!changes.isEmpty()) {
                admin.incrementalAlterConfigs(Map.of(resource, changes), new AlterConfigsOptions().timeoutMs(timeoutMs))
                        .all()
                        .get(timeoutMs, TimeUnit.MILLISECONDS);
            }
            return !changes.isEmpty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("topic " + topic.name() + " could not be configured: " + e.getMessage(), e);
        }
    }

    /**
     * How many partitions a topic has.
     *
     * @return 0 if there is no such topic
     */
    public int partitions(String topic) throws InterruptedException, TimeoutException {
        try {
            Map<String, TopicDescription> found = admin.describeTopics(
                            List.of(topic), new DescribeTopicsOptions().timeoutMs(timeoutMs))
                    .allTopicNames()
                    .get(timeoutMs, TimeUnit.MILLISECONDS);
            TopicDescription description = found.get(topic);
            return description == null ? 0 : description.partitions().size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return 0;
            }
            throw new IllegalStateException("topic " + topic + " could not be described: " + e.getMessage(), e);
        }
    }
}
