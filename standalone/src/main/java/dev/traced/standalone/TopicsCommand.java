package dev.traced.standalone;

import static java.util.Objects.requireNonNull;

import dev.traced.topics.Topics;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code traced topics}: our topics on a Kafka cluster. */
@Command(
        name = "topics",
        description = "Creates or describes our topics on a Kafka cluster.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "(create | describe)")
@SuppressWarnings("NullAway.Init") // the fields are set by picocli
final class TopicsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "topics needs create or describe; see traced topics --help");
    }

    @Command(
            name = "create",
            description = "Creates the topics that are missing, and sets how long the others are kept.",
            mixinStandardHelpOptions = true)
    int create(
            @Mixin Settings.Brokers brokers,
            @Mixin Settings.Partitions partitions,
            @Mixin Settings.Replication replication,
            @Mixin Settings.Window window)
            throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (Admin admin = Provisioning.admin(brokers.bootstrapServers())) {
            List<String> done = Provisioning.provision(
                    admin, brokers.bootstrapServers(), partitions.partitions(), replication.factor(), window.window());
            out.println(done.isEmpty() ? "nothing to create or change" : String.join(System.lineSeparator(), done));
            out.flush();
        }
        return 0;
    }

    @Command(name = "describe", description = "Says what is there.", mixinStandardHelpOptions = true)
    int describe(@Mixin Settings.Brokers brokers) throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (Admin admin = Provisioning.admin(brokers.bootstrapServers())) {
            for (String topic : List.of(Topics.SPANS, Topics.LOGS, Topics.TRACES, Topics.DEAD_LETTER)) {
                out.println(describe(admin, topic, brokers.bootstrapServers()));
            }
            out.flush();
        }
        return 0;
    }

    private static String describe(Admin admin, String topic, String bootstrapServers) throws InterruptedException {
        try {
            TopicDescription found = requireNonNull(
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic));
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            Config config = requireNonNull(
                    admin.describeConfigs(List.of(resource)).all().get().get(resource));
            long keptSeconds = Long.parseLong(config.get("retention.ms").value()) / 1000;
            return topic + ": " + found.partitions().size() + " partitions, replication factor "
                    + found.partitions().get(0).replicas().size() + ", kept for " + keptSeconds + " s";
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return topic + ": missing";
            }
            throw new IllegalStateException("Kafka at " + bootstrapServers + " does not answer: " + e.getCause(), e);
        }
    }
}
