package dev.traced.standalone;

import dev.traced.model.RollingWindow;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The settings that several commands share; each is an environment variable and a flag of the same meaning. */
@SuppressWarnings("NullAway.Init") // the fields are set by picocli
final class Settings {
    private Settings() {}

    /** A number outside of its range is refused before anything starts. */
    static int inRange(CommandSpec spec, String flag, String variable, int value, int min, int max) {
        if (value < min || value > max) {
            throw new ParameterException(
                    spec.commandLine(), flag + " (" + variable + ") must be " + min + ".." + max + ", was " + value);
        }
        return value;
    }

    static final class Window {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--window-minutes",
                paramLabel = "N",
                defaultValue = "${env:WINDOW_MINUTES:-30}",
                description = "How long a trace can be seen, counted from the start of its root, in minutes"
                        + " (WINDOW_MINUTES, default 30, 1..1440)")
        private int minutes;

        @Option(
                names = "--grace-seconds",
                paramLabel = "N",
                defaultValue = "${env:GRACE_SECONDS:-5}",
                description = "How much longer it is shown than spans of its age are taken, in seconds"
                        + " (GRACE_SECONDS, default 5, 0..3600)")
        private int graceSeconds;

        RollingWindow window() {
            inRange(spec, "--window-minutes", "WINDOW_MINUTES", minutes, 1, 1440);
            inRange(spec, "--grace-seconds", "GRACE_SECONDS", graceSeconds, 0, 3600);
            return new RollingWindow(Duration.ofMinutes(minutes), Duration.ofSeconds(graceSeconds));
        }
    }

    static final class Data {
        @Option(
                names = "--data-dir",
                paramLabel = "DIR",
                defaultValue = "${env:DATA_DIR:-./data}",
                description = "Where state is kept; one instance at a time (DATA_DIR, default ./data)")
        private Path directory;

        Path directory() {
            return directory.toAbsolutePath().normalize();
        }
    }

    static final class Brokers {
        @Option(
                names = "--kafka-bootstrap-servers",
                paramLabel = "HOST:PORT,...",
                required = true,
                defaultValue = "${env:KAFKA_BOOTSTRAP_SERVERS}",
                description = "The Kafka cluster (KAFKA_BOOTSTRAP_SERVERS, required)")
        private String bootstrapServers;

        String bootstrapServers() {
            return bootstrapServers;
        }
    }

    static final class Partitions {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--partitions",
                paramLabel = "N",
                defaultValue = "${env:PARTITIONS:-4}",
                description = "Partitions of topic spans when it is created; it cannot grow later"
                        + " (PARTITIONS, default 4, 1..1000)")
        private int partitions;

        int partitions() {
            return inRange(spec, "--partitions", "PARTITIONS", partitions, 1, 1000);
        }
    }

    static final class Replication {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--replication-factor",
                paramLabel = "N",
                defaultValue = "${env:REPLICATION_FACTOR:-1}",
                description = "Replicas of the topics that are created (REPLICATION_FACTOR, default 1, 1..10)")
        private int factor;

        short factor() {
            return (short) inRange(spec, "--replication-factor", "REPLICATION_FACTOR", factor, 1, 10);
        }
    }
}
