package dev.traced.assembler.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.model.RollingWindow;
import dev.traced.model.SpanId;
import dev.traced.model.StatsKey;
import dev.traced.model.StatsLine;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceShape;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatsSlotTest {
    private static final RollingWindow WINDOW = new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5));
    private static final long NOW_MS = 1_767_225_600_000L;
    private static final long NOW = TimeUnit.MILLISECONDS.toNanos(NOW_MS);

    private final ServiceStats stats = new ServiceStats(WINDOW, StatsBudget.ofHeap(), NOW_MS);

    /** A trace of two spans: a service calls another. */
    private static CountedTrace call(String caller, String callee, String operation, long startNanos) {
        TraceShape.Builder spans = new TraceShape.Builder();
        spans.add(new SpanId(0, 1), null, caller, operation, startNanos, startNanos + 10, false);
        spans.add(new SpanId(0, 2), new SpanId(0, 1), callee, operation, startNanos, startNanos + 10, true);
        spans.build();
        return new CountedTrace(spans, NOW_MS);
    }

    private Map<StatsKey, StatsLine> lines(StatsQuery.By by, String service) throws InterruptedException {
        return page(by, service, 0).lines();
    }

    private StatsPage page(StatsQuery.By by, String service, long after) throws InterruptedException {
        return page(stats, new StatsQuery(by, service, null, after, null, NOW));
    }

    private static StatsPage page(ServiceStats stats, StatsQuery query) throws InterruptedException {
        return stats.answer(query, System.nanoTime() + 1_000_000_000L);
    }

    @Test
    void namesBeyondTheLimits_countTogether() throws InterruptedException {
        int calls = 3_000;
        stats.replace(null, call("a", "b", "c", NOW - TimeUnit.MINUTES.toNanos(2)));
        assertThat(page(StatsQuery.By.SERVICE, null, 0).isComplete()).isTrue();
        stats.replace(call("a", "b", "c", NOW - TimeUnit.MINUTES.toNanos(2)), null);
        for (int i = 0; i < calls; i++) {
            stats.replace(null, call("caller " + i, "callee " + i % 7, "operation " + i, NOW));
        }

        assertThat(page(StatsQuery.By.SERVICE, null, 0).isComplete()).isFalse();
        assertThat(page(StatsQuery.By.SERVICE, null, NOW + TimeUnit.MINUTES.toNanos(1))
                        .isComplete())
                .as("of another minute")
                .isTrue();
        Map<StatsKey, StatsLine> services = lines(StatsQuery.By.SERVICE, null);
        assertThat(services).hasSizeLessThanOrEqualTo(StatsSlot.MAX_SERVICES + 1);
        assertThat(services.values().stream().mapToLong(StatsLine::spans).sum()).isEqualTo(2 * calls);
        assertThat(services.get(StatsKey.named(StatsSlot.OTHER)).traces()).isGreaterThan(2_000);
        int operations = 0;
        for (StatsKey service : services.keySet()) {
            operations += lines(StatsQuery.By.OPERATION, service.name()).size();
        }
        assertThat(operations).isLessThanOrEqualTo(StatsSlot.MAX_OPERATIONS + StatsSlot.MAX_SERVICES + 1);
        Map<StatsKey, StatsLine> dependencies = lines(StatsQuery.By.CALL, null);
        assertThat(dependencies).hasSizeLessThanOrEqualTo(StatsSlot.MAX_CALLS + 1);
        assertThat(dependencies.values().stream().mapToLong(StatsLine::spans).sum())
                .isEqualTo(calls);
        assertThat(page(StatsQuery.By.TIME, null, 0).lines().values())
                .extracting(StatsLine::traces)
                .containsExactly((long) calls);
    }

    @Test
    void callsBeyondTheLimit_countTogether() throws InterruptedException {
        for (int caller = 0; caller < 60; caller++) {
            for (int callee = 0; callee < 60; callee++) {
                stats.replace(null, call("s" + caller, "t" + callee, "o", NOW));
            }
        }

        Map<StatsKey, StatsLine> dependencies = lines(StatsQuery.By.CALL, null);
        assertThat(dependencies).hasSize(StatsSlot.MAX_CALLS + 1);
        StatsLine others = dependencies.get(StatsKey.call(StatsSlot.OTHER, StatsSlot.OTHER));
        assertThat(others.spans()).isEqualTo(3_600 - StatsSlot.MAX_CALLS);
        assertThat(others.errors()).isEqualTo(3_600 - StatsSlot.MAX_CALLS);
    }

    /** Whatever is taken away was added once, before or after: nothing is left, beyond the limits neither. */
    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void sums_doNotDependOnTheOrder(long seed) throws InterruptedException {
        Random random = new Random(seed);
        List<Runnable> changes = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            CountedTrace trace = call(
                    "caller " + random.nextInt(300),
                    "callee " + random.nextInt(20),
                    "operation " + random.nextInt(400),
                    NOW - TimeUnit.MINUTES.toNanos(random.nextInt(3)));
            changes.add(() -> stats.replace(null, trace));
            changes.add(() -> stats.replace(trace, null));
        }
        CountedTrace stays = call("shop", "cart", "GET", NOW);
        changes.add(() -> stats.replace(null, stays));
        Collections.shuffle(changes, random);

        changes.forEach(Runnable::run);

        List<StatsLine> left = new ArrayList<>(lines(StatsQuery.By.CALL, null).values());
        assertThat(left).extracting(StatsLine::spans).containsExactly(1L);
        assertThat(lines(StatsQuery.By.SERVICE, null).values().stream()
                        .mapToLong(StatsLine::spans)
                        .sum())
                .isEqualTo(2);
        assertThat(lines(StatsQuery.By.TIME, null).values())
                .extracting(StatsLine::traces, StatsLine::spans, StatsLine::errors)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(1L, 2L, 1L));
    }

    /** Slots are read some at a time, and the lock is let go of in between. */
    @Test
    void traceThatChangesSlotsWhileAnAnswerIsUnderWay_countsOnce() throws Exception {
        List<String> services =
                IntStream.range(0, 150).mapToObj(i -> "service " + i).toList();
        for (int minute = 0; minute < 29; minute++) {
            for (String service : services) {
                for (int operation = 0; operation < 6; operation++) {
                    stats.replace(null, call(service, "x", "o" + operation, NOW - TimeUnit.MINUTES.toNanos(minute)));
                }
            }
        }
        long all = 29L * services.size() * 6;
        CountedTrace early = call("moves", "moves", "o", NOW - TimeUnit.MINUTES.toNanos(28));
        CountedTrace late = call("moves", "moves", "o", NOW);
        stats.replace(null, early);
        AtomicBoolean isOver = new AtomicBoolean();
        Thread mover = new Thread(() -> {
            boolean isEarly = true;
            while (!isOver.get()) {
                stats.replace(isEarly ? early : late, isEarly ? late : early);
                isEarly = !isEarly;
                LockSupport.parkNanos(20_000_000);
            }
        });
        mover.start();
        try {
            for (int i = 0; i < 20; i++) {
                StatsQuery query = new StatsQuery(StatsQuery.By.TIME, null, null, 0, null, NOW);
                StatsPage page = stats.answer(query, System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
                assertThat(page.lines().values().stream()
                                .mapToLong(StatsLine::traces)
                                .sum())
                        .isEqualTo(all + 1);
            }
        } finally {
            isOver.set(true);
            mover.join();
        }
    }

    @Test
    void hostileDates_makeNoSlots() throws InterruptedException {
        for (long start : new long[] {Long.MIN_VALUE, -1, 0, 1, NOW - TimeUnit.MINUTES.toNanos(40)}) {
            stats.replace(null, call("a", "b", "c", start));
        }
        assertThat(lines(StatsQuery.By.TIME, null)).isEmpty();
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long ahead = TimeUnit.HOURS.toNanos(1) + 1 + (random.nextLong() >>> 3);
            stats.replace(null, call("a", "b", "c", NOW + ahead));
        }
        assertThat(lines(StatsQuery.By.TIME, null)).containsOnlyKeys(StatsKey.FUTURE);
        assertThat(page(StatsQuery.By.TIME, null, NOW).lines()).containsOnlyKeys(StatsKey.FUTURE);
        assertThat(page(StatsQuery.By.TIME, null, NOW + TimeUnit.HOURS.toNanos(2))
                        .lines())
                .as("from a time on that is far ahead")
                .isEmpty();
        assertThat(stats.slots()).isZero();
        stats.replace(null, call("a", "b", "c", NOW + TimeUnit.HOURS.toNanos(1)));
        assertThat(stats.slots()).isOne();
    }

    @ParameterizedTest
    @CsvSource({"PT120M, 60", "PT60M, 60", "PT30M, 60", "PT15M, 30", "PT5M, 10", "PT2M, 3", "PT1M, 2", "PT10S, 1"})
    void slots_arePartsOfAMinute_andAtMostAThirtiethOfTheWindow(Duration window, int seconds) {
        assertThat(ServiceStats.slotNanos(window)).isEqualTo(TimeUnit.SECONDS.toNanos(seconds));
    }

    @ParameterizedTest
    @CsvSource({
        "121, 2",
        "240, 2",
        "241, 3",
        "480, 4",
        "481, 5",
        "720, 6",
        "721, 10",
        "1200, 10",
        "1201, 12",
        "1440, 12"
    })
    void slotsOfALongWindow_arePartsOfAnHour_atMost120OfThem(int windowMinutes, int minutes) {
        assertThat(ServiceStats.slotNanos(Duration.ofMinutes(windowMinutes)))
                .isEqualTo(TimeUnit.MINUTES.toNanos(minutes));
    }

    /** A trace a minute: of each step of a day so many traces as it has minutes. */
    @Test
    void timesOfALongWindow_areCountedByLongerSteps() throws InterruptedException {
        RollingWindow window = new RollingWindow(Duration.ofHours(24), Duration.ofSeconds(5));
        ServiceStats ofADay = new ServiceStats(window, StatsBudget.ofHeap(), NOW_MS);
        for (int minute = 1; minute <= 24 * 60; minute++) {
            ofADay.replace(null, call("shop", "cart", "GET", NOW - TimeUnit.MINUTES.toNanos(minute)));
        }

        StatsPage page = page(ofADay, new StatsQuery(StatsQuery.By.TIME, null, null, 0, null, NOW));

        long step = TimeUnit.MINUTES.toNanos(12);
        assertThat(page.stepNanos()).isEqualTo(step);
        assertThat(page.afterNanos()).isEqualTo(NOW - 120 * step);
        assertThat(ofADay.slots()).isEqualTo(120);
        assertThat(page.lines()).hasSize(120);
        page.lines().forEach((key, line) -> {
            assertThat(key.startNanos() % step).isZero();
            assertThat(line.traces()).isEqualTo(12);
        });
    }

    @Test
    void metricsOfServicesBeyondTheLimit_areCountedTogether() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ServiceMetrics metrics = new ServiceMetrics(registry);
        for (int i = 0; i < 500; i++) {
            metrics.closed(null, call("a" + i, "b" + i, "c", NOW));
        }

        assertThat(registry.getMeters()).hasSize(3 * (ServiceMetrics.MAX_SERVICES + 1));
        assertThat(registry.get("traced.service.spans")
                        .tag("service", "(other)")
                        .functionCounter()
                        .count())
                .isEqualTo(1_000 - ServiceMetrics.MAX_SERVICES);
    }

    @Test
    void metrics_haveTheNamesThatTheReadmeSays() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new ServiceMetrics(registry).closed(null, call("shop", "cart \"one\"", "GET", NOW));

        assertThat(registry.scrape())
                .contains(
                        "traced_service_spans_total{service=\"shop\"} 1.0",
                        "traced_service_errors_total{service=\"cart \\\"one\\\"\"} 1.0",
                        "traced_service_duration_seconds_count{service=\"shop\"} 1",
                        "traced_service_duration_seconds_sum{service=\"shop\"} 1.0E-8");
    }
}
