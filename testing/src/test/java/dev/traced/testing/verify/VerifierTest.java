package dev.traced.testing.verify;

import static dev.traced.testing.verify.TestSpans.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.workload.Workload;
import dev.traced.testing.verify.workload.WorkloadShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class VerifierTest {

    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final WorkloadShape SMALL =
            WorkloadShape.DEFAULT.withTraces(120).withLargestTrace(60).withLargestBatch(100);
    private static final VerifierSettings SETTINGS =
            VerifierSettings.DEFAULT.withWriters(4).withReaders(2).withRangeQueries(30);

    @Test
    void correctServer_hasNoDifferences() {
        try (InMemoryTraced server = new InMemoryTraced()) {
            Verifier verifier = verifier(server, SETTINGS.withWriters(50));
            Workload workload = Workload.generate(1, NOW, SMALL.withTraces(1_150));

            verifier.write(workload).assertClean();
            Report report = verifier.check().assertClean();

            assertThat(report.workloads()).containsExactly(workload.toString());
            assertThat(report.count("spans acknowledged")).isEqualTo(workload.spanCount());
            assertThat(report.count("requests acknowledged"))
                    .isEqualTo(workload.requests().size());
            assertThat(report.count("lists checked")).isGreaterThan(32);
            assertThat(report.count("details checked")).isGreaterThan(1_100);
            assertThat(report.latencies()).containsOnlyKeys("post", "list", "detail", "visible after 202");
        }
    }

    @Test
    void secondWorkload_isCheckedTogetherWithTheFirst() {
        try (InMemoryTraced server = new InMemoryTraced()) {
            Verifier verifier = verifier(server, SETTINGS);

            verifier.write(Workload.generate(1, NOW, SMALL.withTraces(50)));
            verifier.check().assertClean();
            verifier.write(Workload.generate(2, NOW, SMALL.withTraces(50)));

            assertThat(verifier.check().assertClean().workloads()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void brokenServer_isCaught(Fault fault) {
        try (InMemoryTraced server = new InMemoryTraced(fault)) {
            Verifier verifier = verifier(server, SETTINGS);

            verifier.write(Workload.generate(3, NOW, SMALL));
            Report report = verifier.check();

            assertThat(report.isClean()).as(report.toString()).isFalse();
            assertThatThrownBy(report::assertClean)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("Workload.generate(3L, 2026-01-01T00:00:00Z");
        }
    }

    /** Shows each batch when the next one comes: nearly complete at the end, but not right after the 202. */
    @Test
    void staleRead_isCaughtWhileWriting() {
        try (InMemoryTraced server = new StaleTraced()) {
            Report report = verifier(server, SETTINGS.withWriters(1)).write(Workload.generate(4, NOW, SMALL));

            assertThat(report.differences())
                    .isNotEmpty()
                    .allMatch(difference -> difference.subject().contains("while writing"));
        }
    }

    @Test
    void serverThatFailsNowAndThen_isCorrectAllTheSame() {
        try (InMemoryTraced server = new UnreliableTraced()) {
            Verifier verifier = verifier(server, SETTINGS);

            verifier.write(Workload.generate(5, NOW, SMALL));
            verifier.checkAcknowledged();
            Report report = verifier.check().assertClean();

            assertThat(report.count("post: 503")).isPositive();
            assertThat(report.count("post: no answer")).isPositive();
            assertThat(report.count("detail: 503")).isPositive();
            assertThat(report.count("changes not sent, order uncertain")).isPositive();
        }
    }

    @Test
    void refusedRequest_isADifference() {
        try (InMemoryTraced server = new RefusingTraced(400)) {
            Report report = verifier(server, SETTINGS).write(Workload.generate(6, NOW, SMALL.withTraces(3)));

            assertThat(report.differences().get(0).subject())
                    .startsWith("request ")
                    .contains("Workload.generate(6L");
            assertThat(report.differences().get(0).expected()).isEqualTo("202 within PT1M");
            assertThat(report.differences().get(0).actual()).isEqualTo("400 no");
        }
    }

    @Test
    void serverThatStaysAway_isReported_whenPatienceEnds() {
        try (InMemoryTraced server = new RefusingTraced(503)) {
            Verifier verifier = verifier(server, SETTINGS.withPatience(Duration.ofMillis(30)));

            Report report = verifier.write(Workload.generate(6, NOW, SMALL));

            assertThat(report.count("requests abandoned")).isPositive();
            assertThat(report.toString())
                    .contains("expected 202 within PT0.03S", "actual   503 no", "expected Retry-After with a 503");
        }
    }

    @Test
    void check_isRefused_whileWriting() throws InterruptedException {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (InMemoryTraced server = new WaitingTraced(arrived, released)) {
            Verifier verifier = verifier(server, SETTINGS);

            CompletableFuture<Report> written =
                    verifier.writeInBackground(Workload.generate(7, NOW, SMALL.withTraces(20)));
            arrived.await();
            assertThatThrownBy(verifier::check).isInstanceOf(IllegalStateException.class);
            released.countDown();

            written.join().assertClean();
            assertThat(verifier.check().assertClean().count("spans acknowledged"))
                    .isEqualTo(verifier.acknowledgedSpans());
        }
    }

    @Test
    void expiredTraces_mustBeGone_andTheOthersStay() {
        Visibility oneMinute = new Visibility(Duration.ofMinutes(1), Duration.ofSeconds(5));
        SettableClock clock = new SettableClock();
        try (InMemoryTraced server = new InMemoryTraced(oneMinute, clock)) {
            Verifier verifier = new Verifier(new TracedClient(server.url()), SETTINGS.withVisibility(oneMinute), clock);
            verifier.write(Workload.generate(8, NOW, SMALL.withSpread(Duration.ofSeconds(50))))
                    .assertClean();

            clock.advance(Duration.ofSeconds(40));

            verifier.check().assertClean();
        }
    }

    @Test
    void traceThatOutlivesItsWindow_isCaught() {
        Visibility oneMinute = new Visibility(Duration.ofMinutes(1), Duration.ofSeconds(5));
        SettableClock clock = new SettableClock();
        try (InMemoryTraced server = new InMemoryTraced(Visibility.DEFAULT, clock)) {
            Verifier verifier = new Verifier(new TracedClient(server.url()), SETTINGS.withVisibility(oneMinute), clock);
            verifier.write(Workload.generate(8, NOW, SMALL.withSpread(Duration.ofSeconds(50))))
                    .assertClean();

            clock.advance(Duration.ofSeconds(40));

            assertThat(verifier.check().toString()).contains("expected 404");
        }
    }

    @Test
    void workloadOlderThanTheWindow_isReported_insteadOfGuessed() {
        Visibility oneMinute = new Visibility(Duration.ofMinutes(1), Duration.ofSeconds(5));
        try (InMemoryTraced server = new InMemoryTraced(oneMinute, CLOCK)) {
            Verifier verifier = new Verifier(new TracedClient(server.url()), SETTINGS.withVisibility(oneMinute), CLOCK);

            Report report = verifier.write(Workload.generate(9, NOW, SMALL.withTraces(50)));

            assertThat(report.toString()).contains("use a smaller spread");
        }
    }

    private static Verifier verifier(InMemoryTraced server, VerifierSettings settings) {
        return new Verifier(new TracedClient(server.url()), settings, CLOCK);
    }

    private static final class StaleTraced extends InMemoryTraced {
        private byte[] unseen = "{\"spans\":[]}".getBytes(StandardCharsets.US_ASCII);

        @Override
        synchronized void post(HttpExchange exchange, byte[] body) throws IOException {
            store(unseen);
            unseen = body;
            answer(exchange, 202, "{\"status\":\"ok\"}");
        }
    }

    /** Says 503 or nothing at all, sometimes before and sometimes after it has stored the batch. */
    private static final class UnreliableTraced extends InMemoryTraced {
        private final AtomicInteger posts = new AtomicInteger();
        private final AtomicInteger gets = new AtomicInteger();

        @Override
        void post(HttpExchange exchange, byte[] body) throws IOException {
            int number = posts.incrementAndGet();
            if (number % 2 == 0) {
                store(body);
            }
            if (number % 10 < 2) {
                exchange.getResponseHeaders().add("Retry-After", "1");
                answer(exchange, 503, "{\"error\":\"not now\"}");
            } else if (number % 10 > 7) {
                throw new IOException("no answer");
            } else {
                super.post(exchange, body);
            }
        }

        @Override
        void get(HttpExchange exchange, JsonNode found) throws IOException {
            if (gets.incrementAndGet() % 10 == 0) {
                exchange.getResponseHeaders().add("Retry-After", "1");
                answer(exchange, 503, "{\"error\":\"not now\"}");
            } else {
                super.get(exchange, found);
            }
        }
    }

    private static final class RefusingTraced extends InMemoryTraced {
        private final int status;

        RefusingTraced(int status) {
            this.status = status;
        }

        @Override
        void post(HttpExchange exchange, byte[] body) throws IOException {
            answer(exchange, status, "{\"error\":\"no\"}");
        }
    }

    private static final class WaitingTraced extends InMemoryTraced {
        private final CountDownLatch arrived;
        private final CountDownLatch released;

        WaitingTraced(CountDownLatch arrived, CountDownLatch released) {
            this.arrived = arrived;
            this.released = released;
        }

        @Override
        void post(HttpExchange exchange, byte[] body) throws IOException {
            arrived.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            super.post(exchange, body);
        }
    }
}
