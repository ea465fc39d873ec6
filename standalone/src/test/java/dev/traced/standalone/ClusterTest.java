package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.traced.testing.verify.Report;
import dev.traced.testing.verify.Verifier;
import dev.traced.testing.verify.VerifierSettings;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.workload.WorkloadShape;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Two assemblers, a query service and a gateway on one broker: an answer is exact or it is a 503, whatever happens. */
@Timeout(value = FullLength.MINUTES, unit = TimeUnit.MINUTES)
class ClusterTest {
    private static final WorkloadShape SHAPE =
            WorkloadShape.DEFAULT.withTraces(400).withLargestTrace(300).withLargestBatch(50);
    private static final Set<Integer> ALL = Set.of(0, 1, 2, 3);
    /** Longer than the group waits for a member that does not say anything. */
    private static final Duration PAUSE = Duration.ofSeconds(15);

    @TempDir
    Path directory;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private EmbeddedKafka kafka;
    private Assembler one;
    private Assembler two;
    private TracedProcess gateway;
    private Verifier verifier;

    @BeforeAll
    static void quiet() {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
    }

    @BeforeEach
    void start() throws Exception {
        kafka = closing(EmbeddedKafka.start(directory.resolve("kafka"), 0));
        try (TracedProcess topics =
                TracedProcess.run("topics", "create", "--kafka-bootstrap-servers", kafka.bootstrapServers())) {
            assertThat(topics.awaitEnd(Duration.ofSeconds(60)))
                    .as(topics::output)
                    .isZero();
        }
        one = new Assembler("one");
        two = new Assembler("two");
        TracedProcess query = closing(TracedProcess.run(
                "query",
                "--kafka-bootstrap-servers",
                kafka.bootstrapServers(),
                "--query-port",
                "0",
                "--assemblers",
                one.address() + "," + two.address()));
        gateway = closing(TracedProcess.run(
                        "gateway",
                        "--kafka-bootstrap-servers",
                        kafka.bootstrapServers(),
                        "--http-port",
                        "0",
                        "--query-url",
                        "http://127.0.0.1:" + query.port()))
                .awaitReady();
        verifier = new Verifier(
                gateway.client(),
                VerifierSettings.DEFAULT.withWriters(8).withReaders(2).withPatience(Duration.ofSeconds(90)));
        awaitBothOwnPartitions(Duration.ofSeconds(120));
    }

    @AfterEach
    void stop() throws Exception {
        System.out.println(one.process.output() + "\n" + two.process.output());
        one.process.close();
        two.process.close();
        while (!parts.isEmpty()) {
            parts.pop().close();
        }
    }

    @Test
    void assembler_killedAndStartedAgain_answersStayExact() throws Exception {
        Load load = Load.on(verifier, SHAPE);
        awaitAcknowledged(2_000);

        long killed = System.nanoTime();
        two.process.kill();
        Duration exactAfter = untilAnswered(killed);
        verifier.checkAcknowledged().assertClean();
        Set<Integer> ofOne = one.partitions();
        two.start();
        Duration shareAfter = FullLength.isOn() ? untilShared() : Duration.ZERO;
        awaitAcknowledged(verifier.acknowledgedSpans() + 500);
        load.finish();
        Report report = verifier.check();

        System.out.println("answers again " + exactAfter + " after the kill"
                + (FullLength.isOn() ? "; share back " + shareAfter + " after the restart; " : "; ") + report);
        report.assertClean();
        assertThat(ofOne).isEqualTo(ALL);
        assertThat(exactAfter).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void assembler_pausedAndResumed_answersStayExact_alsoFromARestoredStore() throws Exception {
        Load load = Load.on(verifier, SHAPE);
        awaitAcknowledged(2_000);

        long paused = System.nanoTime();
        two.process.pause();
        await().during(Duration.ofSeconds(15)).atMost(Duration.ofSeconds(16)).until(() -> two.process.isAlive());
        two.process.resume();
        Duration answered = untilAnswered(paused);
        awaitAcknowledged(verifier.acknowledgedSpans() + 1_000);
        load.finish();
        Report report = verifier.check();
        System.out.println("answers again " + answered + " after the pause began; " + report);
        report.assertClean();

        // What the paused one wrote when it woke up, not knowing that it had been replaced, must not count either.
        one.process.kill();
        two.process.kill();
        one.forget();
        two.forget();
        one.start();
        two.start();
        long wiped = System.nanoTime();
        Duration restored = untilAnswered(wiped);
        Report again = verifier.check();
        System.out.println("restored after " + restored + "; " + again);
        again.assertClean();
    }

    /** An assembler and its data directory. */
    private final class Assembler {
        private final String name;
        private final int door = TracedProcess.freePort();
        private TracedProcess process;

        Assembler(String name) {
            this.name = name;
            start();
        }

        void start() {
            process = TracedProcess.run(
                    "assembler",
                    "--kafka-bootstrap-servers",
                    kafka.bootstrapServers(),
                    "--data-dir",
                    directory.resolve(name).toString(),
                    "--door-port",
                    Integer.toString(door));
        }

        String address() {
            return "127.0.0.1:" + door;
        }

        /** What its door says that it can read. */
        Set<Integer> partitions() {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address() + "/internal/partitions"))
                    .timeout(Duration.ofSeconds(3))
                    .build();
            Set<Integer> partitions = new TreeSet<>();
            try {
                String body =
                        http.send(request, HttpResponse.BodyHandlers.ofString()).body();
                Matcher number = Pattern.compile("\\d+").matcher(body.substring(body.indexOf('['), body.indexOf(']')));
                while (number.find()) {
                    partitions.add(Integer.valueOf(number.group()));
                }
                return partitions;
            } catch (IOException e) {
                return Set.of();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Set.of();
            }
        }

        /** Loses all it has on disk but its name. */
        void forget() throws IOException {
            try (Stream<Path> files = Files.walk(directory.resolve(name).resolve("streams"))) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private <T extends AutoCloseable> T closing(T part) {
        parts.push(part);
        return part;
    }

    private void awaitBothOwnPartitions(Duration within) {
        await().atMost(within).pollInterval(Duration.ofMillis(250)).untilAsserted(() -> {
            Set<Integer> ofOne = one.partitions();
            Set<Integer> ofTwo = two.partitions();
            assertThat(ofOne).as("partitions of one, two has %s", ofTwo).hasSize(2);
            assertThat(ofTwo).as("partitions of two, one has %s", ofOne).hasSize(2);
            assertThat(ofOne).doesNotContainAnyElementsOf(ofTwo);
        });
    }

    /** Kafka moves partitions back once the returned one has caught up, and looks for that once a minute: not sooner. */
    private Duration untilShared() {
        long start = System.nanoTime();
        awaitBothOwnPartitions(Duration.ofMinutes(3));
        return since(start);
    }

    private Duration untilAnswered(long sinceNanos) {
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> gateway.client().list(ListQuery.newest(1)).isOk());
        return since(sinceNanos);
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private void awaitAcknowledged(long spans) {
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> verifier.acknowledgedSpans() >= spans);
    }
}
