package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The embedded broker, also across restarts and a killed JVM. */
class EmbeddedKafkaTest {
    private static final TopicPartition NUMBERS = new TopicPartition("numbers", 0);

    @TempDir
    Path directory;

    @BeforeAll
    static void quiet() {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    }

    @Test
    void restart_onTheSameDirectory_keepsDataPortAndCluster() throws Exception {
        String clusterId;
        int port;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            port = kafka.port();
            clusterId = clusterId(kafka);
            createTopic(kafka, Map.of());
            produce(kafka, 100);
            assertThat(consume(kafka)).isEqualTo(numbers(100));
        }

        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, port)) {
            assertThat(kafka.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
            assertThat(clusterId(kafka)).isEqualTo(clusterId);
            assertThat(consume(kafka)).isEqualTo(numbers(100));
        }
    }

    @Test
    void restart_afterTheJvmWasKilled_hasEveryAcknowledgedRecord() throws Exception {
        int lastAcknowledged = runAndKill(5_000);

        long started = System.nanoTime();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            // Else the controller takes us for a double of ourselves until the old session expires, after 9 s.
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(9));
            assertThat(consume(kafka)).startsWith(numbers(lastAcknowledged + 1).toArray(Integer[]::new));
        }
    }

    @Test
    void restart_whenKilledTwice_hasEveryAcknowledgedRecordOfBoth() throws Exception {
        int first = runAndKill(100);
        int second = runAndKill(100);

        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            List<Integer> found = consume(kafka);
            assertThat(found).startsWith(numbers(first + 1).toArray(Integer[]::new));
            List<Integer> ofSecondRun = found.subList(found.lastIndexOf(0), found.size());
            assertThat(ofSecondRun).startsWith(numbers(second + 1).toArray(Integer[]::new));
        }
    }

    @Test
    void start_onATakenPort_namesThePort() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> EmbeddedKafka.start(directory, port))
                    .isInstanceOf(BindException.class)
                    .hasMessage("cannot listen on 127.0.0.1:" + port + ": Address already in use");
        }
        EmbeddedKafka.start(directory, 0).close();
    }

    @Test
    void start_onADirectoryInUse_isRefused_andTheFirstGoesOn() throws Exception {
        try (EmbeddedKafka first = EmbeddedKafka.start(directory, 0)) {
            assertThatThrownBy(() -> EmbeddedKafka.start(directory, 0))
                    .isInstanceOf(IOException.class)
                    .hasMessage("another broker uses the data directory " + directory);

            createTopic(first, Map.of());
            produce(first, 1);
            assertThat(consume(first)).isEqualTo(numbers(1));
        }
    }

    @Test
    void start_onADirectoryOfAnotherNode_failsAtOnceAndLeavesNothingOpen() throws Exception {
        Path properties = directory.resolve("meta.properties");
        Files.writeString(properties, "version=1\nnode.id=7\ncluster.id=x\n");

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> EmbeddedKafka.start(directory, 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("Kafka in " + directory + " did not start: ");
        }
    }

    @Test
    void retention_ofAnIdleTopic_actsWithinSeconds() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            createTopic(kafka, Map.of("retention.ms", "1000"));
            produce(kafka, 10);

            try (Admin admin = admin(kafka)) {
                await().atMost(Duration.ofSeconds(20)).until(() -> earliest(admin) == 10);
            }
        }
    }

    /** Runs a broker and a producer in a JVM of their own, kills it amid sending, and returns what was acknowledged. */
    private int runAndKill(int atLeast) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int last = -1;
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(Victim.ACKNOWLEDGED)) {
                    last = Integer.parseInt(line.substring(Victim.ACKNOWLEDGED.length()));
                }
                // Through the handle: the process would close the pipe, and what is in there still counts.
                if (last >= atLeast) process.toHandle().destroyForcibly();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(last).isGreaterThanOrEqualTo(atLeast);
        return last;
    }

    /** Sends 0, 1, 2, .. to its own broker until it is killed, and tells which were acknowledged. */
    static final class Victim {
        static final String ACKNOWLEDGED = "acknowledged ";

        public static void main(String[] args) throws Exception {
            quiet();
            EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), 0);
            try (Admin admin = admin(kafka)) {
                if (admin.listTopics().names().get().isEmpty()) createTopic(kafka, Map.of());
            }
            try (KafkaProducer<Integer, Integer> producer = producer(kafka)) {
                for (int i = 0; i < Integer.MAX_VALUE; i++) {
                    int number = i;
                    producer.send(new ProducerRecord<>(NUMBERS.topic(), 0, number, number), (metadata, error) -> {
                        if (error == null) System.out.println(ACKNOWLEDGED + number);
                    });
                }
            }
        }
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static String clusterId(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = admin(kafka)) {
            return admin.describeCluster().clusterId().get();
        }
    }

    private static long earliest(Admin admin) throws Exception {
        return admin.listOffsets(Map.of(NUMBERS, OffsetSpec.earliest()))
                .partitionResult(NUMBERS)
                .get()
                .offset();
    }

    private static void createTopic(EmbeddedKafka kafka, Map<String, String> configs) throws Exception {
        try (Admin admin = admin(kafka)) {
            NewTopic topic = new NewTopic(NUMBERS.topic(), Optional.of(1), Optional.empty());
            admin.createTopics(List.of(topic.configs(configs))).all().get();
        }
    }

    private static KafkaProducer<Integer, Integer> producer(EmbeddedKafka kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
                new IntegerSerializer(),
                new IntegerSerializer());
    }

    private static void produce(EmbeddedKafka kafka, int count) throws Exception {
        try (KafkaProducer<Integer, Integer> producer = producer(kafka)) {
            var sent = numbers(count).stream()
                    .map(number -> producer.send(new ProducerRecord<>(NUMBERS.topic(), 0, number, number)))
                    .toList();
            for (var record : sent) record.get();
        }
    }

    private static List<Integer> consume(EmbeddedKafka kafka) {
        Map<String, Object> config = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (var consumer = new KafkaConsumer<>(config, new IntegerDeserializer(), new IntegerDeserializer())) {
            consumer.assign(List.of(NUMBERS));
            consumer.seekToBeginning(List.of(NUMBERS));
            long end = consumer.endOffsets(List.of(NUMBERS)).get(NUMBERS);
            List<Integer> found = new ArrayList<>();
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> found.add(record.value()));
                return consumer.position(NUMBERS) >= end;
            });
            return found;
        }
    }
}
