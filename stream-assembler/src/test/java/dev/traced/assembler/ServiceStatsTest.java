package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW_MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.assembler.StatsOracle.Sent;
import dev.traced.assembler.stats.StatsBudget;
import dev.traced.model.StatsKey;
import dev.traced.model.StatsLine;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceId;
import dev.traced.topics.TraceEvent;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Statistics of a partition equal a recomputation from all spans that were sent, see {@link StatsOracle}. */
class ServiceStatsTest {
    private static final int RECORDS = 2_500;
    private static final long MINUTE_MS = 60_000;
    /** Each asks for other times. */
    private static final StatsQuery.By[] NAMELESS = {StatsQuery.By.TIME, StatsQuery.By.TIME, StatsQuery.By.TIME};

    @TempDir
    Path directory;

    private final StatsOracle oracle = new StatsOracle();
    private final Deque<Runnable> recounts = new ArrayDeque<>();
    private final List<Delivery> delivered = new ArrayList<>();
    private StatsBudget budget = StatsBudget.ofHeap();
    private boolean isShortOfMemory;
    private Partition partition;
    private Random random = new Random(1);
    private long nowMs = NOW_MS;
    private boolean isRecountLate;
    private int checks;

    private record Delivery(int trace, byte[] value, long offset, long appendMs) {}

    private void start() {
        partition = new Partition(directory, budget, recount -> {
            if (isRecountLate) {
                recounts.add(recount);
            } else {
                recount.run();
            }
        });
    }

    @AfterEach
    void close() {
        recounts.forEach(Runnable::run); // of stores that are gone
        partition.close();
    }

    /** Of some seven hundred traces each. */
    static LongStream seeds() {
        return LongStream.rangeClosed(1, Boolean.getBoolean("traced.long") ? 15 : 4);
    }

    /** Traces come in any order, in pieces, late, again, changed, without root, as halves; the process dies in between. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void answers_equalTheRecomputedOnes(long seed) {
        answersEqualTheRecomputedOnes(seed);
    }

    /** Only names are lost. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {5, 6})
    void totals_equalTheRecomputedOnes_alsoWithMemoryForFewNames(long seed) {
        isShortOfMemory = true;
        budget = new StatsBudget(20_000);
        answersEqualTheRecomputedOnes(seed);

        assertThat(partition.stats(everything(StatsQuery.By.SERVICE)).lines()).containsKey(StatsKey.named("(other)"));
    }

    private void answersEqualTheRecomputedOnes(long seed) {
        random = new Random(seed);
        start();
        int restarts = 0;
        while (delivered.size() < RECORDS) {
            for (int i = random.nextInt(25); i > 0; i--) {
                arrives(1 + random.nextInt(1 + delivered.size() / 2), spans());
            }
            passes(random.nextInt(4) == 0 ? 5_500 : random.nextInt(600));
            if (random.nextInt(20) == 0) {
                restarts++;
                switch (random.nextInt(3)) {
                    case 0 -> restart();
                    case 1 -> restartWithALateRecount();
                    default -> crash();
                }
            }
            check();
        }
        passes(8_000);
        check();

        assertThat(restarts).isGreaterThan(3);
        assertThat(oracle.traces()).hasSizeGreaterThan(700);
        assertThat(checks).isGreaterThan(500);
    }

    @Test
    void traceLeaves_withTheSlotItStartedIn_alsoWithNoTraffic() {
        start();
        arrives(1, List.of(root(NOW_MS - 90_000, NOW_MS)));
        arrives(2, List.of(root(NOW_MS + 30_000, NOW_MS + 40_000)));
        passes(6_000);
        check(everything());
        assertThat(traces(everything())).isEqualTo(2);

        // The window and the grace end in the middle of the first trace's minute.
        nowMs = NOW_MS - 60_000 + 1_805_000 - 30_000;
        passes(100);
        check(everything());
        assertThat(traces(everything())).isEqualTo(1);

        nowMs = NOW_MS + 60_000 + 1_805_000;
        passes(200);
        check(everything());
        assertThat(traces(everything())).isZero();
    }

    /** What nobody can see any more does not come back with a restart, nor does a late span take away what has gone. */
    @Test
    void lateSpansOfATraceWhoseRootHasLeft_countForNothing() {
        start();
        arrives(1, List.of(root(NOW_MS, NOW_MS + 1)));
        nowMs += 6_000;
        passes(100);
        nowMs += 20 * MINUTE_MS;
        arrives(1, List.of(new Sent(2, false, 1, "cart", "GET", nanos(nowMs), nanos(nowMs), true)));
        passes(6_000);
        check(everything());
        assertThat(traces(everything())).isOne();

        nowMs += 11 * MINUTE_MS;
        passes(200);
        arrives(1, List.of(new Sent(3, false, 1, "cart", "GET", nanos(nowMs), nanos(nowMs), true)));
        passes(6_000);
        check(everything());
        restart();
        check(everything());
        assertThat(traces(everything())).isZero();
    }

    /** A restart looks at it again, and so does its late span: both at the same time, before either is written. */
    @Test
    void traceThatIsLookedAtTwice_countsOnce() {
        start();
        arrives(1, List.of(root(nowMs, nowMs + 1)));
        passes(5_500);
        restart();
        arrives(1, List.of(new Sent(2, false, 1, "cart", "GET", nanos(nowMs), nanos(nowMs), true)));
        passes(6_000);

        check(everything());
        assertThat(traces(everything())).isOne();
    }

    @Test
    void store_givesItsMemoryBack_whenItIsNoLongerActive() {
        start();
        arrives(1, List.of(root(nowMs, nowMs + 1)));
        passes(6_000);
        long taken = budget.usedBytes();
        assertThat(taken).isPositive();

        isRecountLate = true;
        restart();
        assertThat(budget.usedBytes()).isLessThan(taken);
        recounts.poll().run();
        assertThat(budget.usedBytes()).isEqualTo(taken);

        restart();
        partition.store().traces().deactivate();
        recounts.poll().run(); // too late
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void slotsThatLeave_giveTheirMemoryBack_alsoWithNoTraffic() {
        start();
        long empty = budget.usedBytes();
        arrives(1, List.of(root(nowMs, nowMs + 1)));
        passes(6_000);
        assertThat(budget.usedBytes()).isGreaterThan(empty);

        nowMs += 32 * MINUTE_MS;
        passes(200);

        assertThat(budget.usedBytes()).isEqualTo(empty);
    }

    @Test
    void traceDatedTooFarAhead_countsUntilItIsEvicted_whereThereIsNoEnd() {
        start();
        long ahead = NOW_MS + 2 * 60 * MINUTE_MS;
        arrives(1, List.of(root(ahead, ahead + 5)));
        arrives(2, List.of(root(nowMs, nowMs + 7)));
        passes(6_000);
        check(everything());
        assertThat(traces(everything())).isEqualTo(2);
        assertThat(traces(until(ahead + 60 * MINUTE_MS))).isOne();

        restart();
        assertThat(traces(everything())).isEqualTo(2);

        for (int minute = 0; minute < 3 * 60; minute++) { // its record moves from bucket to bucket
            nowMs += MINUTE_MS;
            passes(200);
        }
        assertThat(ask(StatsQuery.By.TIME, null, null, 0, null).lines()).isEmpty();
    }

    /** Between a trace's end and its eviction its id may be used again. */
    @Test
    void traceDatedTooFarAhead_leaves_whenAnotherIsGivenItsId() {
        start();
        long ahead = NOW_MS + 2 * 60 * MINUTE_MS;
        arrives(1, List.of(root(ahead, ahead + 5)));
        passes(6_000);
        while (nowMs < ahead + 29 * MINUTE_MS) {
            nowMs += MINUTE_MS;
            passes(200);
        }
        nowMs = ahead + 1_806_000;
        assertThat(partition.store().traces().head(new TraceId(0, 1))).isNotNull();

        partition.deliver(new TraceId(0, 1), StatsOracle.value(1, List.of(root(nowMs, nowMs + 7))), 1, nowMs, nowMs);
        for (int i = 0; i < 60; i++) {
            nowMs += 100;
            partition.tick(nowMs);
        }

        assertThat(traces(everything())).isOne();
    }

    @Test
    void metrics_countEachTraceOnce_andOfALaterClosingWhatIsMore() {
        start();
        arrives(1, List.of(root(NOW_MS, NOW_MS + 1_500)));
        passes(6_000);
        arrives(1, List.of(root(NOW_MS, NOW_MS + 1_000))); // shorter than it was
        Sent late = new Sent(2, false, 1, "shop", "GET", nanos(nowMs), nanos(nowMs + 2_000), true);
        arrives(1, List.of(late));
        arrives(2, List.of(new Sent(1, false, 0, "cart", "GET", nanos(nowMs), nanos(nowMs), false)));
        passes(6_000);

        assertThat(counted("traced.service.spans", "shop")).isEqualTo(2);
        assertThat(counted("traced.service.errors", "shop")).isEqualTo(1);
        assertThat(counted("traced.service.spans", "cart")).isEqualTo(1);
        var durations = partition.metrics().get("traced.service.duration").tag("service", "shop");
        assertThat(durations.functionTimer().count()).isEqualTo(2);
        assertThat(durations.functionTimer().totalTime(TimeUnit.SECONDS)).isEqualTo(3.0);
    }

    private double counted(String name, String service) {
        return partition
                .metrics()
                .get(name)
                .tag("service", service)
                .functionCounter()
                .count();
    }

    private StatsQuery everything() {
        return everything(StatsQuery.By.TIME);
    }

    private StatsQuery everything(StatsQuery.By by) {
        return new StatsQuery(by, null, null, 0, null, nanos(nowMs));
    }

    private StatsQuery until(long ms) {
        return new StatsQuery(StatsQuery.By.TIME, null, null, 0, nanos(ms), nanos(nowMs));
    }

    private long traces(StatsQuery query) {
        return partition.stats(query).lines().values().stream()
                .mapToLong(StatsLine::traces)
                .sum();
    }

    private void restart() {
        partition.restart(List.copyOf(partition.changelog()), random);
    }

    private void restartWithALateRecount() {
        isRecountLate = true;
        restart();
        isRecountLate = false;
        assertThatThrownBy(() -> ask(StatsQuery.By.SERVICE, null, null, 0, null))
                .hasMessageContaining("the services are being counted after a start: 0% done, 0 traces");
        for (int i = 0; i < 30; i++) {
            arrives(1 + random.nextInt(1 + delivered.size() / 2), spans());
        }
        passes(random.nextInt(8_000));
        recounts.poll().run();
    }

    /** The changelog ends anywhere within what was written since a while ago; the records since then come again. */
    private void crash() {
        List<KeyValue<byte[], byte[]>> before = List.copyOf(partition.changelog());
        int committed = delivered.size();
        for (int i = 0; i < 30; i++) {
            arrives(1 + random.nextInt(1 + delivered.size() / 2), spans());
            passes(random.nextInt(400));
        }
        List<KeyValue<byte[], byte[]>> after = List.copyOf(partition.changelog());
        int rows = before.size() + random.nextInt(after.size() - before.size() + 1);
        partition.restart(after.subList(0, rows), random);
        for (Delivery again : delivered.subList(committed, delivered.size())) {
            deliver(again);
        }
        passes(25_000); // what had closed and was lost has closed again
    }

    private void arrives(int trace, List<Sent> spans) {
        Delivery record = new Delivery(trace, StatsOracle.value(trace, spans), delivered.size(), nowMs);
        delivered.add(record);
        oracle.arrives(trace, spans);
        deliver(record);
    }

    private void deliver(Delivery record) {
        partition.deliver(new TraceId(0, record.trace), record.value, record.offset, record.appendMs, nowMs);
    }

    /** Most traces are of now, some are dated ahead, some of them too far. */
    private List<Sent> spans() {
        long base = nowMs;
        switch (random.nextInt(12)) {
            case 0 -> base -= random.nextInt(12) * MINUTE_MS;
            case 1 -> base += random.nextInt(55) * MINUTE_MS;
            case 2 -> base += random.nextInt(100) * 60 * MINUTE_MS;
            default -> {}
        }
        List<Sent> spans = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            long id = 1 + random.nextInt(7);
            long start = TimeUnit.MILLISECONDS.toNanos(base) + random.nextInt(2_000_000_000);
            long end = start + (long) Math.exp(random.nextInt(25)) + random.nextInt(100);
            if (random.nextInt(40) == 0) {
                end = random.nextBoolean() ? Long.MAX_VALUE : random.nextLong();
            }
            boolean isServer = random.nextInt(3) == 0;
            long parent = id == 1 || random.nextInt(9) == 0 ? 0 : 1 + random.nextInt(7);
            spans.add(new Sent(
                    id,
                    isServer,
                    parent,
                    "service " + (isServer ? id % 3 : random.nextInt(4)),
                    "operation " + random.nextInt(5),
                    start,
                    end,
                    random.nextInt(6) == 0));
        }
        return spans;
    }

    private void passes(long ms) {
        for (long end = nowMs + ms; nowMs < end; nowMs += 100) {
            partition.tick(nowMs);
            for (TraceEvent event : partition.closed()) {
                int trace = (int) event.traceId().low();
                long last = delivered.stream()
                        .filter(record -> record.trace == trace)
                        .mapToLong(Delivery::appendMs)
                        .max()
                        .orElseThrow();
                oracle.closes(trace, last + 5_000);
            }
        }
    }

    private StatsPage ask(StatsQuery.By by, String service, String operation, long after, Long before) {
        return partition.stats(
                new StatsQuery(by, service, operation, after, before, TimeUnit.MILLISECONDS.toNanos(nowMs)));
    }

    private void check() {
        for (StatsQuery.By by : isShortOfMemory ? NAMELESS : StatsQuery.By.values()) {
            boolean hasService = by == StatsQuery.By.OPERATION
                    || (by == StatsQuery.By.TIME && !isShortOfMemory && random.nextBoolean());
            boolean hasOperation = by == StatsQuery.By.TIME && !isShortOfMemory && random.nextBoolean();
            String service = hasService ? "service " + random.nextInt(5) : null;
            String operation = hasOperation ? "operation " + random.nextInt(6) : null;
            long after = random.nextBoolean() ? 0 : nanos(nowMs - random.nextInt(20 * 60_000));
            Long before = random.nextBoolean() ? null : Long.valueOf(nanos(nowMs + random.nextInt(30 * 60_000)));
            check(new StatsQuery(by, service, operation, after, before, nanos(nowMs)));
        }
    }

    private void check(StatsQuery query) {
        StatsPage answer = partition.stats(query);
        TreeMap<StatsKey, StatsOracle.Line> shown = new TreeMap<>();
        answer.lines().forEach((key, line) -> shown.put(key, StatsOracle.Line.of(line)));
        assertThat(shown).as(query.toString()).isEqualTo(oracle.expected(query, answer));
        checks++;
    }

    private static long nanos(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }

    private static Sent root(long startMs, long endMs) {
        return new Sent(1, false, 0, "shop", "GET /", nanos(startMs), nanos(endMs), false);
    }
}
