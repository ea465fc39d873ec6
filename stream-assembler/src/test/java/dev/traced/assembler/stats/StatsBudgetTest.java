package dev.traced.assembler.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.model.RollingWindow;
import dev.traced.model.SpanId;
import dev.traced.model.StatsKey;
import dev.traced.model.StatsLine;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceShape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Once the memory for statistics is spent, slots take no new names: these count together, and no total changes. */
class StatsBudgetTest {
    private static final RollingWindow WINDOW = new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5));
    private static final long NOW_MS = 1_767_225_600_000L;
    private static final long NOW = TimeUnit.MILLISECONDS.toNanos(NOW_MS);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final int MAX = 50_000;

    private final StatsBudget budget = new StatsBudget(MAX);
    private final ServiceStats stats = new ServiceStats(WINDOW, budget, NOW_MS);
    private final long emptyBytes = budget.usedBytes();

    /** A service calls another, each span takes as many nanoseconds as its trace's number has it. */
    private static CountedTrace call(int number, long startNanos) {
        TraceShape.Builder spans = new TraceShape.Builder();
        long end = startNanos + 100 * number;
        spans.add(new SpanId(0, 1), null, "caller " + number, "send " + number, startNanos, end, false);
        spans.add(new SpanId(0, 2), new SpanId(0, 1), "callee " + number, "take " + number, startNanos, end, true);
        spans.build();
        return new CountedTrace(spans, NOW_MS);
    }

    private StatsPage page(ServiceStats asked, StatsQuery.By by) throws InterruptedException {
        return asked.answer(new StatsQuery(by, null, null, 0, null, NOW), System.nanoTime() + 1_000_000_000L);
    }

    private static StatsLine sum(StatsPage page) {
        StatsLine all = new StatsLine();
        page.lines().values().forEach(all::add);
        return all;
    }

    private void spend() {
        for (int number = 1; budget.usedBytes() <= MAX; number++) {
            stats.replace(null, call(number, NOW));
        }
    }

    @Test
    void namesThatThereIsNoMemoryFor_countTogether_andTotalsAreExact() throws InterruptedException {
        int traces = 150; // fewer names than a slot's other limits
        for (int minute = 0; minute < 20; minute++) {
            for (int number = 0; number < traces; number++) {
                stats.replace(null, call(number, NOW - minute * MINUTE));
            }
        }

        StatsPage services = page(stats, StatsQuery.By.SERVICE);
        assertThat(services.lines().get(StatsKey.named("caller 1")).traces()).isPositive();
        assertThat(services.lines().get(StatsKey.named(StatsSlot.OTHER)).traces())
                .isGreaterThan(19 * traces);
        assertThat(services.lines()).doesNotContainKey(StatsKey.named("caller 149"));
        StatsPage calls = page(stats, StatsQuery.By.CALL);
        assertThat(calls.lines()).containsKey(StatsKey.call(StatsSlot.OTHER, StatsSlot.OTHER));
        long nanos = 20L * 100 * traces * (traces - 1) / 2;
        for (StatsPage page : List.of(services, page(stats, StatsQuery.By.TIME))) {
            assertThat(sum(page).spans()).isEqualTo(20L * 2 * traces);
            assertThat(sum(page).errors()).isEqualTo(20L * traces);
            assertThat(sum(page).durations().sumNanos()).isEqualTo(2 * nanos);
        }
        assertThat(sum(calls).durations().sumNanos()).isEqualTo(nanos);
        assertThat(page(stats, StatsQuery.By.TIME).lines().values())
                .extracting(StatsLine::traces)
                .hasSize(20)
                .containsOnly((long) traces);
        // Of each slot that finds it spent, what is counted together.
        assertThat(budget.usedBytes()).isBetween((long) MAX, MAX + 20 * 6_000L);
    }

    @Test
    void operationsAndCallsOfKnownServices_findNoRoomEither() throws InterruptedException {
        CountedTrace known = call(1, NOW);
        stats.replace(null, known);
        spend();
        TraceShape.Builder spans = new TraceShape.Builder();
        spans.add(new SpanId(0, 1), null, "callee 1", "new", NOW, NOW, false);
        spans.add(new SpanId(0, 2), new SpanId(0, 1), "caller 1", "send 1", NOW, NOW, false);
        spans.build();

        stats.replace(null, new CountedTrace(spans, NOW_MS));

        StatsQuery ofCallee = new StatsQuery(StatsQuery.By.OPERATION, "callee 1", null, 0, null, NOW);
        assertThat(stats.answer(ofCallee, System.nanoTime() + 1_000_000_000L).lines())
                .containsOnlyKeys(StatsKey.named(StatsSlot.OTHER), StatsKey.named("take 1"));
        assertThat(page(stats, StatsQuery.By.CALL).lines())
                .containsKey(StatsKey.call(StatsSlot.OTHER, StatsSlot.OTHER))
                .doesNotContainKey(StatsKey.call("callee 1", "caller 1"));
    }

    /** Or what was added to the others would be taken from a name that never had it. */
    @Test
    void nameThatFoundNoRoom_findsNoneLater_inThatSlot() throws InterruptedException {
        spend();
        ServiceStats other = new ServiceStats(WINDOW, budget, NOW_MS);
        other.replace(null, call(1, NOW));
        other.replace(null, call(2, NOW));

        stats.close();
        assertThat(budget.isSpent()).isFalse();
        other.replace(call(1, NOW), null);
        other.replace(null, call(3, NOW));
        other.replace(null, call(4, NOW - MINUTE));

        StatsPage services = page(other, StatsQuery.By.SERVICE);
        assertThat(services.lines())
                .containsOnlyKeys(
                        StatsKey.named(StatsSlot.OTHER), StatsKey.named("caller 4"), StatsKey.named("callee 4"));
        assertThat(services.lines().get(StatsKey.named(StatsSlot.OTHER)).traces())
                .isEqualTo(2);
        assertThat(sum(services).durations().sumNanos()).isEqualTo(2 * 100 * (2 + 3 + 4));
    }

    /** Memory runs out and is back at any time; whatever is taken away was added once, before or after. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void nothingIsLeft_ofWhatIsTakenAway(long seed) throws InterruptedException {
        Random random = new Random(seed);
        int max = 100 * MAX; // more than all that comes here takes
        StatsBudget large = new StatsBudget(max);
        ServiceStats counted = new ServiceStats(WINDOW, large, NOW_MS);
        List<Runnable> changes = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            CountedTrace trace = call(random.nextInt(60), NOW - random.nextInt(10) * MINUTE);
            changes.add(() -> counted.replace(null, trace));
            changes.add(() -> counted.replace(trace, null));
        }
        changes.add(() -> counted.replace(null, call(1, NOW)));
        Collections.shuffle(changes, random);

        int spent = 0;
        for (Runnable change : changes) {
            long ofOthers = random.nextInt(50) == 0 ? max : 0;
            large.use(ofOthers);
            change.run();
            spent += large.isSpent() ? 1 : 0;
            large.use(-ofOthers);
        }

        assertThat(spent).isGreaterThan(50);
        for (StatsQuery.By by : List.of(StatsQuery.By.SERVICE, StatsQuery.By.CALL, StatsQuery.By.TIME)) {
            Collection<StatsLine> left = page(counted, by).lines().values();
            assertThat(left).as(by.toString()).allMatch(line -> line.spans() > 0 && line.errors() >= 0);
            assertThat(left.stream().mapToLong(StatsLine::spans).sum()).isEqualTo(by == StatsQuery.By.CALL ? 1 : 2);
        }
    }

    @Test
    void slotThatLeaves_givesBackWhatItTook() throws InterruptedException {
        stats.replace(null, call(1, NOW - 10 * MINUTE));
        long one = budget.usedBytes() - emptyBytes;
        spend();
        assertThat(budget.isSpent()).isTrue();

        stats.expire(NOW_MS + Duration.ofMinutes(25).toMillis());
        assertThat(budget.usedBytes()).isBetween(MAX - one, MAX + 5_000L);

        stats.expire(NOW_MS + Duration.ofMinutes(40).toMillis());
        assertThat(budget.usedBytes()).isEqualTo(emptyBytes);
    }

    @Test
    void durations_takeWhatTheirBucketsTake() {
        stats.replace(null, call(1, NOW));
        long before = budget.usedBytes();
        for (int i = 0; i < 1_000; i++) {
            TraceShape.Builder spans = new TraceShape.Builder();
            spans.add(new SpanId(0, 1), null, "caller 1", "send 1", NOW, NOW + (1L << (i % 60)) + i, false);
            spans.build();
            stats.replace(null, new CountedTrace(spans, NOW_MS));
        }

        assertThat(budget.usedBytes() - before).isEqualTo((512 - 4) * Long.BYTES);
    }

    @Test
    void closed_takesNothing_alsoOfThoseWhoStillCount() {
        spend();
        CountedTrace ahead = call(1, NOW + Duration.ofHours(2).toNanos());
        stats.replace(null, ahead);

        stats.close();
        stats.close();
        assertThat(budget.usedBytes()).isZero();
        stats.replace(ahead, call(2, NOW));

        assertThat(budget.usedBytes()).isZero();
        assertThatThrownBy(() -> page(stats, StatsQuery.By.SERVICE)).isInstanceOf(InvalidStateStoreException.class);
    }
}
