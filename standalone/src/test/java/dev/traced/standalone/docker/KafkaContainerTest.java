package dev.traced.standalone.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.traced.standalone.TracedProcess;
import dev.traced.testing.verify.Report;
import dev.traced.testing.verify.Verifier;
import dev.traced.testing.verify.VerifierSettings;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.workload.Workload;
import dev.traced.testing.verify.workload.WorkloadShape;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** Our services, a process each, on the Kafka that others run: the Apache project's own image. */
@Tag("docker")
class KafkaContainerTest {
    private static final String IMAGE = "apache/kafka:4.3.1";
    private static final int BROKER_PORT = 9092;
    private static final Duration PULL_WITHIN = Duration.ofMinutes(2);
    /** Usually 20 s pass until a killed broker serves again; on a busy machine it was a minute. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final WorkloadShape SHAPE =
            WorkloadShape.DEFAULT.withTraces(200).withLargestTrace(60).withLargestBatch(50);
    private static final VerifierSettings SETTINGS = VerifierSettings.DEFAULT
            .withWriters(8)
            .withReaders(2)
            .withRangeQueries(20)
            .withPatience(PATIENCE);

    @TempDir
    Path data;

    private DockerClient docker;

    /** A broker whose port outside stays the same when its container starts anew. */
    private static final class Broker extends KafkaContainer {
        Broker(int port) {
            super(DockerImageName.parse(IMAGE));
            addFixedExposedPort(port, BROKER_PORT);
        }
    }

    @BeforeEach
    void requireImage() throws InterruptedException {
        docker = engine();
        try {
            docker.inspectImageCmd(IMAGE).exec();
        } catch (NotFoundException e) {
            pull();
        }
    }

    private static DockerClient engine() {
        try {
            return DockerClientFactory.instance().client();
        } catch (RuntimeException e) {
            return abort(
                    "no container engine can be used (inside a container, set TESTCONTAINERS_HOST_OVERRIDE to where"
                            + " the ports of others are): " + e.getMessage());
        }
    }

    private void pull() throws InterruptedException {
        boolean pulled = false;
        String reason = "it takes more than " + PULL_WITHIN.toMinutes() + " minutes";
        try {
            pulled = docker.pullImageCmd(IMAGE).start().awaitCompletion(PULL_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (RuntimeException e) {
            reason = String.valueOf(e.getMessage()).strip();
        }
        assumeTrue(pulled, "image " + IMAGE + " is not here and cannot be had: " + reason);
    }

    @Test
    void services_goOnExactly_whenTheBrokerIsKilledAndComesBack() throws Exception {
        try (Broker broker = new Broker(TracedProcess.freePort())) {
            broker.start();
            requireReachable(broker);
            Map<String, String> environment =
                    Map.of("KAFKA_BOOTSTRAP_SERVERS", broker.getHost() + ":" + broker.getMappedPort(BROKER_PORT));
            createTopics(environment);
            String door = Integer.toString(TracedProcess.freePort());

            try (TracedProcess assembler = TracedProcess.run(
                            environment, "assembler", "--door-port", door, "--data-dir", data.toString());
                    TracedProcess query = TracedProcess.run(
                            environment, "query", "--query-port", "0", "--assemblers", "127.0.0.1:" + door);
                    TracedProcess gateway = TracedProcess.run(
                            environment,
                            "gateway",
                            "--http-port",
                            "0",
                            "--query-url",
                            query.url().toString())) {
                gateway.awaitReady();
                try {
                    writeAndKill(broker, gateway.client());
                } catch (AssertionError e) {
                    System.out.println(gateway.output() + assembler.output() + query.output());
                    throw e;
                }
            }
        }
    }

    private void writeAndKill(Broker broker, TracedClient client) throws Exception {
        Verifier verifier = new Verifier(client, SETTINGS);
        Workload workload = Workload.generate(System.nanoTime(), Instant.now(), SHAPE);
        CompletableFuture<Report> writing = verifier.writeInBackground(workload);
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> verifier.acknowledgedSpans() > workload.spanCount() / 3);

        docker.killContainerCmd(broker.getContainerId()).exec();
        assertThat(client.list(ListQuery.newest(1)).status()).isEqualTo(503);
        docker.startContainerCmd(broker.getContainerId()).exec();

        writing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        verifier.write(Workload.generate(System.nanoTime(), Instant.now(), SHAPE.withTraces(50)));
        Report report = verifier.check();
        System.out.println(report);
        report.assertClean();
    }

    private static void createTopics(Map<String, String> environment) {
        try (TracedProcess topics = TracedProcess.run(environment, "topics", "create")) {
            assertThat(topics.awaitEnd(Duration.ofSeconds(30)))
                    .as(topics.output())
                    .isZero();
            assertThat(topics.stdout())
                    .containsExactlyInAnyOrder("created spans", "created logs", "created dead-letter");
        }
    }

    /** The broker runs by now; a port of it that is not where Testcontainers takes it to be is a matter of the machine. */
    private static void requireReachable(Broker broker) {
        InetSocketAddress address = new InetSocketAddress(broker.getHost(), broker.getMappedPort(BROKER_PORT));
        try (Socket socket = new Socket()) {
            socket.connect(address, 5_000);
        } catch (IOException e) {
            abort("the ports of containers cannot be reached at " + address.getHostString()
                    + " (TESTCONTAINERS_HOST_OVERRIDE can name another address): " + e.getMessage());
        }
    }
}
