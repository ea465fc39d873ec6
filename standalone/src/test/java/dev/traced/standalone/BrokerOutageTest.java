package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.traced.testing.verify.Latencies;
import dev.traced.testing.verify.Report;
import dev.traced.testing.verify.Verifier;
import dev.traced.testing.verify.VerifierSettings;
import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import dev.traced.testing.verify.workload.WorkloadShape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** While the broker is away every answer is a quick 503; when it is back everything goes on by itself and nothing is lost. */
@Timeout(value = FullLength.MINUTES, unit = TimeUnit.MINUTES)
class BrokerOutageTest {
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    @BeforeAll
    static void quiet() {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF);
    }

    @Test
    void broker_awayUnderLoad_meansQuick503s_andNothingIsLost() throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        int port = kafka.port();
        try (TracedProcess up =
                TracedProcess.up(directory.resolve("data"), "--kafka-bootstrap-servers", kafka.bootstrapServers())) {
            Verifier verifier = new Verifier(
                    up.client(),
                    VerifierSettings.DEFAULT.withWriters(8).withReaders(2).withPatience(Duration.ofSeconds(120)));
            Load load = Load.on(
                    verifier,
                    WorkloadShape.DEFAULT.withTraces(400).withLargestTrace(300).withLargestBatch(50));
            await().atMost(Duration.ofMinutes(2)).until(() -> verifier.acknowledgedSpans() > 3_000);

            kafka.close();
            Outage outage = new Outage(up.client());
            for (int i = 0; i < 10; i++) {
                outage.ask();
            }
            kafka = EmbeddedKafka.start(directory.resolve("kafka"), port);
            long back = System.nanoTime();
            await().atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> up.client().health().isOk());
            Duration healthy = Duration.ofNanos(System.nanoTime() - back);
            long acknowledged = verifier.acknowledgedSpans();
            await().atMost(Duration.ofSeconds(90)).until(() -> verifier.acknowledgedSpans() > acknowledged + 500);
            load.finish();
            Report report = verifier.check();

            System.out.println(
                    "during the outage: " + outage + "; healthy " + healthy + " after the broker; " + report);
            report.assertClean();
        } finally {
            kafka.close();
        }
    }

    /** What a client meets meanwhile. */
    private static final class Outage {
        private final TracedClient client;
        private final Latencies posts = new Latencies();
        private final Latencies gets = new Latencies();

        Outage(TracedClient client) {
            this.client = client;
        }

        void ask() {
            long now = System.currentTimeMillis() * 1_000_000;
            String trace = UUID.randomUUID().toString();
            WireSpan span = new WireSpan(trace, trace, null, "shop", "buy", now, now, WireSpan.OK, null);
            unavailable("POST", posts, () -> client.post(List.of(span)));
            unavailable("GET list", gets, () -> client.list(ListQuery.newest(20)));
            unavailable("GET detail", gets, () -> client.get(trace));
        }

        private static void unavailable(String what, Latencies latencies, Supplier<? extends Answer<?>> request) {
            Answer<?> answer = request.get();
            latencies.record(answer.tookNanos());
            assertThat(answer.status()).as("%s: %s", what, answer.problem()).isEqualTo(503);
            assertThat(answer.retryAfter()).as("Retry-After of %s", what).isNotNull();
            assertThat(Duration.ofNanos(answer.tookNanos()))
                    .as("%s: %s", what, answer.problem())
                    .isLessThan(ANSWERED_WITHIN);
        }

        @Override
        public String toString() {
            return "POST " + posts.summary() + ", GET " + gets.summary();
        }
    }
}
