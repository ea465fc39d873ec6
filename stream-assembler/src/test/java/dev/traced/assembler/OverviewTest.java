package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.at;
import static dev.traced.assembler.TestSpans.failed;
import static dev.traced.assembler.TestSpans.named;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.startingAt;
import static dev.traced.assembler.TestSpans.withParent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.store.SearchBudget;
import dev.traced.model.DurationHistogram;
import dev.traced.model.Span;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceOverview;
import dev.traced.model.TraceSummary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OverviewTest {
    @TempDir
    Path stateDir;

    /** Late spans, spans that come again, moved roots, traces that expire; each answer equals one recomputed from all spans. */
    @ParameterizedTest(name = "seed {0}, {1} bytes of index")
    @CsvSource({"1, 100000000", "2, 0", "3, 30000"})
    void answers_equalTheRecomputedOnes(long seed, long indexBytes) {
        Random random = new Random(seed);
        ExpectedTraces expected = new ExpectedTraces();
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir, new SearchBudget(indexBytes))) {
            for (int round = 0; round < 9; round++) {
                for (int i = 0; i < 40; i++) {
                    List<Span> record = SearchTest.record(random);
                    traced.arrive(record);
                    expected.arrive(record);
                }
                for (int i = 0; i < 20; i++) {
                    assertAnswer(traced, expected, random);
                }
                // For some to close; in the end the first ones leave the window, a part at a time.
                traced.timePasses(Duration.ofSeconds(round < 4 ? 4 : 399 + random.nextInt(2)));
            }
        }
    }

    private static void assertAnswer(AssemblerTestDriver traced, ExpectedTraces expected, Random random) {
        // Given
        TraceFilter filter = random.nextInt(4) == 0 ? TraceFilter.ANY : SearchTest.filter(random);
        long base = at(random.nextInt(60_000));
        Long after = random.nextInt(3) == 0 ? base + random.nextInt(3) : null;
        Long before = random.nextInt(3) == 0 ? Long.valueOf(base + 3 + random.nextInt(2_000_000_000)) : null;
        int most = 2 + random.nextInt(random.nextInt(199) + 1);

        // When
        TraceOverview overview = traced.overview(filter, after, before, most);

        // Then
        String as = filter + " from " + after + " to " + before + " in " + most;
        List<TraceSummary> traces = expected.search(filter).stream()
                .filter(trace -> trace.startTimeNanos() >= traced.visibleFromNanos())
                .filter(trace -> after == null || trace.startTimeNanos() >= after)
                .filter(trace -> before == null || trace.startTimeNanos() < before)
                .toList();
        long step = overview.times().stepNanos();
        assertThat(overview.times().count()).as(as).isBetween(0, most);
        for (int i = 0; i < overview.times().count(); i++) {
            long start = overview.times().start(i);
            assertLine(overview.lines().get(i), traces, start, start + step, as);
        }
        long end = overview.times().beforeNanos();
        assertLine(overview.later(), traces, before == null ? end : Long.MAX_VALUE, Long.MAX_VALUE, as);
        long total =
                overview.lines().stream().mapToLong(TraceOverview.Line::traces).sum();
        assertThat(total).as(as).isEqualTo(traces.size());
        assertThat(total).as(as).isEqualTo(traced.search(filter, after, before).total());
    }

    private static void assertLine(TraceOverview.Line line, List<TraceSummary> traces, long from, long to, String as) {
        assertThat(durations(line.ok())).as(as).isEqualTo(durations(traces, from, to, SpanStatus.OK));
        assertThat(durations(line.errors())).as(as).isEqualTo(durations(traces, from, to, SpanStatus.ERROR));
    }

    private static List<Long> durations(List<TraceSummary> traces, long from, long to, SpanStatus status) {
        return traces.stream()
                .filter(trace -> trace.startTimeNanos() >= from && trace.startTimeNanos() < to)
                .filter(trace -> trace.status() == status)
                .map(trace -> StatsOracle.rounded(Math.max(0, trace.endTimeNanos() - trace.startTimeNanos())))
                .sorted()
                .toList();
    }

    private static List<Long> durations(DurationHistogram histogram) {
        List<Long> durations = new ArrayList<>();
        histogram.forEach((bucket, count) -> {
            for (int i = 0; i < count; i++) {
                durations.add(DurationHistogram.nanos(bucket));
            }
        });
        durations.sort(null);
        return durations;
    }

    @Test
    void stepsWithoutTraces_areThereToo_andWhatStartsAfterNowIsLater() {
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir)) {
            traced.arrive(root(1, 1, 0)); // as the minute of now begins, which is a step of its own
            traced.arrive(failed(startingAt(root(2, 1, 0), at(60_000) - 1)));
            traced.arrive(failed(root(3, 1, 60_000)));
            traced.arrive(withParent(root(4, 1, 0), TestSpans.id(9))); // has no root

            TraceOverview overview = traced.overview(TraceFilter.ANY, null, null, 60);

            assertThat(overview.times().stepNanos())
                    .isEqualTo(Duration.ofMinutes(1).toNanos());
            assertThat(overview.times().afterNanos()).isEqualTo(at(-1_805_000));
            assertThat(overview.times().beforeNanos()).isEqualTo(at(60_000));
            assertThat(overview.lines()).hasSize(32 + 1);
            assertThat(overview.lines().stream().map(TraceOverview.Line::traces).limit(31))
                    .containsOnly(0L);
            assertThat(overview.lines().get(31).traces()).isEqualTo(2);
            assertThat(overview.lines().get(31).errors().count()).isOne();
            assertThat(overview.later().traces()).isOne();
        }
    }

    /** Of traces with more terms than are kept only the spans tell whether they match. */
    @ParameterizedTest(name = "{0} bytes of index")
    @ValueSource(longs = {100_000_000, 0})
    void tracesOfVeryManyTerms_areCounted_ifTheirSpansMatch(long indexBytes) {
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir, new SearchBudget(indexBytes))) {
            for (int i = 1; i <= 3; i++) {
                List<Span> spans = new ArrayList<>(List.of(failed(root(i, 1, 0))));
                for (int j = 2; j < 300; j++) {
                    spans.add(withParent(named(root(i, j, 0), "of " + i, "operation " + j), TestSpans.id(1)));
                }
                traced.arrive(spans);
            }
            TraceFilter filter = new TraceFilter("of 2", null, null, 0, Long.MAX_VALUE, List.of(), null);

            TraceOverview overview = traced.overview(filter, null, null, 60);

            TraceOverview.Line line = overview.lines().get(overview.times().step(at(0)));
            assertThat(line.traces()).isOne();
            assertThat(durations(line.errors())).containsExactly(StatsOracle.rounded(10_000_000));
        }
    }

    /** As the list has it: a trace is complete once it has closed with every parent. */
    @ParameterizedTest(name = "{0} bytes of index")
    @ValueSource(longs = {100_000_000, 0})
    void completeTraces_areThoseOfTheList(long indexBytes) {
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir, new SearchBudget(indexBytes))) {
            traced.arrive(root(1, 1, 0));
            traced.arrive(root(2, 1, 0), withParent(root(2, 2, 0), TestSpans.id(77)));
            traced.timePassesInSteps(Duration.ofSeconds(8));
            traced.arrive(root(3, 1, 0));

            assertThat(complete(traced, true)).isOne();
            assertThat(complete(traced, false)).isEqualTo(2);
        }
    }

    private static long complete(AssemblerTestDriver traced, boolean isComplete) {
        TraceFilter filter = new TraceFilter(null, null, null, 0, Long.MAX_VALUE, List.of(), isComplete);
        return traced.overview(filter, null, null, 2).lines().stream()
                .mapToLong(TraceOverview.Line::traces)
                .sum();
    }
}
