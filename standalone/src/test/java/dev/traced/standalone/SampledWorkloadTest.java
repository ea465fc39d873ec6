package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.model.TraceFraction;
import dev.traced.model.TraceId;
import dev.traced.testing.verify.Oracle;
import dev.traced.testing.verify.Visibility;
import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import dev.traced.testing.verify.workload.Delivery;
import dev.traced.testing.verify.workload.Request;
import dev.traced.testing.verify.workload.Workload;
import dev.traced.testing.verify.workload.WorkloadShape;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Of a workload in pieces, doubled and out of order, exactly the traces in the sample are answered, and whole. */
@Timeout(value = FullLength.MINUTES, unit = TimeUnit.MINUTES)
class SampledWorkloadTest {
    private static final double RATE = 0.3;
    private static final double HEALTH_RATE = 0.05;
    private static final int HEALTH_CHECKS = 400;
    private static final int STALE = 7;

    @TempDir
    Path data;

    @Test
    void tracesInTheSample_areAllThere_whole_andTheOthersAreCounted() {
        long seed = FullLength.seed();
        Instant now = Instant.now();
        Workload workload = Workload.generate(
                seed,
                now,
                WorkloadShape.DEFAULT
                        .withTraces(FullLength.choose(600, 10_000))
                        .withLargestTrace(300)
                        .withLargestBatch(100));
        System.out.println(workload);
        List<WireSpan> checks = healthChecks(new Random(seed), now);
        try (TracedProcess up = TracedProcess.up(data, "--sampling-rate", "0.3", "--sampling-rates", "health=0.05")) {
            TracedClient client = up.client();
            List<WireSpan> posted = post(client, workload);
            assertTaken(client.post(checks));
            posted.addAll(checks);
            assertTaken(client.post(stale(now)));

            List<WireSpan> kept =
                    posted.stream().filter(SampledWorkloadTest::isInSample).toList();
            assertThat(kept).as("the sample").hasSizeBetween(posted.size() / 10, posted.size() / 2);
            Oracle oracle = Oracle.of(kept, Visibility.DEFAULT);
            assertThat(client.list(ListQuery.newest(1_000)).orThrow())
                    .isEqualTo(oracle.list(ListQuery.newest(1_000), WallClock.nowNanos()));
            Set<String> traces = new LinkedHashSet<>();
            posted.forEach(span -> traces.add(span.traceId()));
            for (String trace : traces) {
                Answer<List<WireSpan>> detail = client.get(trace);
                assertThat(detail.isOk() ? detail.orThrow() : List.of())
                        .as("%s: %s", trace, detail.problem())
                        .isEqualTo(oracle.detail(trace, WallClock.nowNanos()).orElse(List.of()));
            }

            assertThat(up.metric("traced_spans_accepted_total")).isEqualTo(posted.size() + STALE);
            assertThat(up.metric("traced_spans_stale_total")).isEqualTo(STALE);
            assertThat(up.metric("traced_spans_sampled_out_total")).isEqualTo(posted.size() - kept.size());
            assertThat(up.metric("traced_spans_accepted_total"))
                    .as("every span that was accepted is stored or counted as something else")
                    .isEqualTo(up.metric("traced_spans_stored_total")
                            + up.metric("traced_spans_duplicate_total")
                            + up.metric("traced_spans_stale_total")
                            + up.metric("traced_spans_sampled_out_total")
                            + up.metric("traced_spans_expired_total"));
        }
    }

    private static boolean isInSample(WireSpan span) {
        TraceId id = TraceId.parse(span.traceId());
        double rate = span.service().equals("health") ? HEALTH_RATE : RATE;
        return TraceFraction.of(id.high(), id.low()) < rate;
    }

    /** Posts everything in its order, some of it twice; returns what arrived. */
    private static List<WireSpan> post(TracedClient client, Workload workload) {
        List<WireSpan> posted = new ArrayList<>();
        for (Request request : workload.requests()) {
            for (int i = 0; i < (request.delivery() == Delivery.ONCE ? 1 : 2); i++) {
                assertTaken(client.post(request.body()));
                posted.addAll(request.spans());
            }
        }
        return posted;
    }

    private static void assertTaken(Answer<String> answer) {
        assertThat(answer.status()).as(answer.problem()).isEqualTo(202);
    }

    /** Traces of one span. */
    private static List<WireSpan> healthChecks(Random random, Instant now) {
        List<WireSpan> spans = new ArrayList<>();
        for (int i = 0; i < HEALTH_CHECKS; i++) {
            spans.add(root(new UUID(random.nextLong(), random.nextLong()), "health", nanos(now) - i));
        }
        return spans;
    }

    private static List<WireSpan> stale(Instant now) {
        List<WireSpan> spans = new ArrayList<>();
        for (int i = 0; i < STALE; i++) {
            spans.add(root(new UUID(i, 1), "checkout", nanos(now.minus(Duration.ofHours(1)))));
        }
        return spans;
    }

    private static WireSpan root(UUID trace, String service, long start) {
        return new WireSpan(
                trace.toString(), trace.toString(), null, service, "GET /", start, start + 1, WireSpan.OK, null);
    }

    private static long nanos(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }
}
