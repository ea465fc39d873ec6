package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW_MS;
import static dev.traced.assembler.TestSpans.at;
import static dev.traced.assembler.TestSpans.child;
import static dev.traced.assembler.TestSpans.failed;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.startingAt;
import static dev.traced.assembler.TestSpans.trace;
import static dev.traced.assembler.TestSpans.value;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.stats.StatsBudget;
import dev.traced.assembler.store.SearchBudget;
import dev.traced.assembler.store.TraceList;
import dev.traced.model.Span;
import dev.traced.model.SpanStatus;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.streams.query.FailureReason;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssemblerTopologyTest {
    private static final Duration WINDOW = Duration.ofMinutes(30);
    private static final Duration GRACE = Duration.ofSeconds(5);

    @TempDir
    Path stateDir;

    private AssemblerTestDriver traced;

    @BeforeEach
    void start() {
        traced = new AssemblerTestDriver(stateDir);
    }

    @AfterEach
    void stop() {
        traced.close();
    }

    /**
     * The names of the graph are the names of its changelog. A difference here is the question what becomes of the changelog
     * that is out there: a store of another name starts empty, and the window of whoever upgrades is gone.
     */
    @Test
    void topology_isTheOneThatWasReleased() throws IOException {
        // When
        String described = AssemblerTopology.build(
                        AssemblerTestDriver.config(stateDir),
                        new NothingSettled(),
                        new AssemblerMetrics(new SimpleMeterRegistry()),
                        Runnable::run,
                        SearchBudget.ofHeap(),
                        StatsBudget.ofHeap(),
                        Runnable::run)
                .describe()
                .toString();

        // Then
        try (InputStream expected = getClass().getResourceAsStream("/expected_topology.txt")) {
            assertThat(described.strip()).isEqualTo(new String(expected.readAllBytes(), UTF_8).strip());
        }
    }

    @Test
    void trace_becomesVisible_whenRootArrivesLast() {
        // Given
        traced.arrive(child(1, 2, 5));
        traced.arrive(failed(child(1, 3, 6)));
        assertThat(traced.list()).isEqualTo(new TracePage(List.of(), 0));
        assertThat(traced.trace(1)).hasSize(2);

        // When
        traced.arrive(root(1, 1, 0));

        // Then
        TraceSummary listed =
                new TraceSummary(trace(1), "service 1", "operation 1", at(0), at(10), 3, SpanStatus.ERROR);
        assertThat(traced.list()).isEqualTo(new TracePage(List.of(listed), 1));
        assertThat(traced.trace(1)).containsExactly(root(1, 1, 0), child(1, 2, 5), failed(child(1, 3, 6)));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void answers_equalBruteForce_whateverTheOrder(long seed) {
        // Given
        Random random = new Random(seed);
        List<List<Span>> records = new ArrayList<>();
        for (int trace = 1; trace <= 25; trace++) {
            int t = trace;
            List<Span> spans = new ArrayList<>(IntStream.rangeClosed(1, t == 25 ? 200 : 5)
                    .mapToObj(id -> random.nextInt(4) == 0
                            ? root(t, id, random.nextInt(8) * 25)
                            : child(t, id, random.nextInt(8) * 25))
                    .toList());
            spans.addAll(spans.subList(0, 2).stream().map(TestSpans::failed).toList());
            spans.forEach(span -> records.add(List.of(span)));
        }
        Collections.shuffle(records, random);
        ExpectedTraces expected = new ExpectedTraces();

        // When
        records.forEach(record -> {
            traced.arrive(record);
            expected.arrive(record);
        });

        // Then
        long visibleFrom = at(-WINDOW.plus(GRACE).toMillis());
        for (int i = 0; i < 60; i++) {
            long first = at(random.nextInt(250) - 25) + random.nextInt(2);
            long last = first + 1 + random.nextInt(5) * 25_000_000L;
            int limit = 1 + random.nextInt(30);
            TraceQuery query = TraceQuery.between(first, last, limit, at(0));
            assertThat(traced.list(limit, first, last)).isEqualTo(expected.list(query, visibleFrom));
        }
        for (int trace = 1; trace <= 25; trace++) {
            assertThat(traced.trace(trace)).isEqualTo(expected.detail(trace(trace), visibleFrom));
        }
        assertThat(traced.counted("traced.spans.stored")).isEqualTo(24 * 5 + 200);
        assertThat(traced.counted("traced.spans.duplicate")).isEqualTo(25 * 2);
    }

    @Test
    void total_isExact_atTheEdgesOfTheRange() {
        // Given
        for (int i = 0; i < 50; i++) {
            traced.arrive(startingAt(root(1 + i, 1, 0), at(0) + i));
        }

        // Then
        assertThat(traced.list(5, at(0), at(0) + 50).total()).isEqualTo(50);
        assertThat(traced.list(5, at(0) + 1, at(0) + 49).total()).isEqualTo(48);
        assertThat(traced.list(5, at(0) + 49, null).total()).isEqualTo(1);
        assertThat(traced.list(5, null, at(0)).total()).isZero();
        assertThat(traced.list(5, at(0) + 50, null).total()).isZero();
        assertThat(traced.list(2, null, at(0) + 10).traces())
                .extracting(TraceSummary::startTimeNanos)
                .containsExactly(at(0) + 9, at(0) + 8);
    }

    static Stream<TestRecord<byte[], byte[]>> poison() {
        byte[] key = trace(1).toBytes();
        return Stream.of(
                new TestRecord<>(null, value(List.of(root(1, 7, 0)))),
                new TestRecord<>(new byte[] {1, 2, 3}, value(List.of(root(1, 7, 0)))),
                new TestRecord<>(key, null),
                new TestRecord<>(key, new byte[0]),
                new TestRecord<>(key, "garbage".getBytes(UTF_8)),
                new TestRecord<>(key, value(List.of(root(2, 7, 0)))),
                new TestRecord<>(key, value(List.of(root(1, 7, 0), root(2, 7, 0)))));
    }

    @ParameterizedTest
    @MethodSource("poison")
    void unreadableRecord_goesToTheDeadLettersAsItWas_andHarmsNothing(TestRecord<byte[], byte[]> poison) {
        // Given
        traced.arrive(root(1, 1, 0));
        TracePage before = traced.list();

        // When
        traced.record(poison.key(), poison.value());

        // Then
        List<TestRecord<byte[], byte[]>> dead = traced.deadLetters();
        assertThat(dead).hasSize(1);
        assertThat(dead.get(0).key()).isEqualTo(poison.key());
        assertThat(dead.get(0).value()).isEqualTo(poison.value());
        assertThat(new String(dead.get(0).headers().lastHeader("error").value(), UTF_8))
                .isNotBlank();
        assertThat(traced.status().applied()).isEqualTo(traced.lastOffset());
        assertThat(traced.list()).isEqualTo(before);
        assertThat(traced.trace(1)).containsExactly(root(1, 1, 0));
        assertThat(traced.counted("traced.records.dead.letter")).isEqualTo(1);
        assertThat(traced.counted("traced.spans.stored")).isEqualTo(1);
    }

    @Test
    void unreadableRecord_saysWhatIsWrong() {
        // When
        traced.record(new byte[3], value(List.of(root(1, 1, 0))));
        traced.record(trace(1).toBytes(), value(List.of(root(2, 1, 0))));

        // Then
        assertThat(traced.deadLetters())
                .extracting(
                        dead -> new String(dead.headers().lastHeader("error").value(), UTF_8))
                .containsExactly(
                        "the key must be a trace id of 16 bytes, has 3",
                        "a span of trace " + trace(2) + " in a record of trace " + trace(1));
    }

    @Test
    void ancientSpan_isCountedAndSkipped() {
        // When
        traced.arrive(startingAt(root(1, 1, 0), 0));

        // Then
        assertThat(traced.counted("traced.spans.expired")).isEqualTo(1);
        assertThat(traced.counted("traced.spans.stored")).isZero();
        assertThat(traced.trace(1)).isEmpty();
        assertThat(traced.status().applied()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {4_102_444_800_000_000_000L, Long.MAX_VALUE})
    void farFutureSpan_isListed_andHarmsNobody(long start) {
        // Given
        traced.arrive(root(1, 1, 0));

        // When
        traced.arrive(startingAt(root(2, 1, 0), start));

        // Then
        assertThat(traced.list().traces()).extracting(TraceSummary::traceId).containsExactly(trace(2), trace(1));
        assertThat(traced.list(20, start, null).total()).isEqualTo(1);
        traced.timePasses(Duration.ofMinutes(95));
        assertThat(traced.list().traces()).extracting(TraceSummary::traceId).containsExactly(trace(2));
        assertThat(traced.trace(2)).hasSize(1);
    }

    @Test
    void trace_vanishesOnTime_withoutTraffic() {
        // Given
        traced.arrive(root(1, 1, 0));

        // When
        traced.timePasses(WINDOW.plus(GRACE));

        // Then
        assertThat(traced.list().total()).isEqualTo(1);
        assertThat(traced.trace(1)).hasSize(1);
        traced.timePasses(Duration.ofMillis(1));
        assertThat(traced.list()).isEqualTo(new TracePage(List.of(), 0));
        assertThat(traced.trace(1)).isEmpty();
        assertThat(traced.rootsKept()).isEqualTo(1);
        traced.timePasses(Duration.ofSeconds(20));
        assertThat(traced.rootsKept()).isZero();
    }

    @Test
    void longTrace_isKeptWhole_overSeveralWindows() {
        // Given: a trace without a root, to which a span is added every ten minutes
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Span span = child(1, 1 + i, traced.nowMs() - NOW_MS);
            spans.add(span);
            traced.arrive(span);

            // When
            traced.timePasses(Duration.ofMinutes(10));

            // Then
            assertThat(traced.trace(1)).isEqualTo(spans);
        }
        traced.arrive(root(1, 1, traced.nowMs() - NOW_MS));
        assertThat(traced.list().traces()).extracting(TraceSummary::spanCount).containsExactly(20L);
    }

    @Test
    void lateSpanAfterEviction_startsANewTrace_withoutTheOldSpans() {
        // Given
        List<Span> old = new ArrayList<>(List.of(root(1, 1, 0)));
        for (int id = 2; id < 160; id++) {
            old.add(child(1, id, 0));
        }
        traced.arrive(old);
        traced.timePasses(Duration.ofMinutes(31));

        // When
        Span late = child(1, 159, Duration.ofMinutes(31).toMillis());
        traced.arrive(late);

        // Then
        assertThat(traced.trace(1)).containsExactly(late);
        assertThat(traced.list().total()).isZero();
        Span root = root(1, 2, Duration.ofMinutes(31).toMillis());
        traced.arrive(root);
        assertThat(traced.list().traces()).extracting(TraceSummary::spanCount).containsExactly(2L);
        assertThat(traced.counted("traced.spans.stored")).isEqualTo(159 + 2);
    }

    @Test
    void lateSpanBeforeEviction_startsANewTraceAsWell() {
        // Given: expired, and its bucket not due yet
        traced.arrive(root(1, 1, 0));
        traced.timePasses(WINDOW.plus(GRACE).plusMillis(1));

        // When
        Span late = root(1, 2, WINDOW.toMillis());
        traced.arrive(late);

        // Then
        assertThat(traced.rootsKept()).isEqualTo(1);
        assertThat(traced.trace(1)).containsExactly(late);
        assertThat(traced.list().traces()).extracting(TraceSummary::spanCount).containsExactly(1L);
        traced.timePasses(Duration.ofSeconds(20));
        assertThat(traced.list().total()).isEqualTo(1);
        assertThat(traced.trace(1)).containsExactly(late);
    }

    @Test
    void backlogOfAnAssemblerThatWasAway_isExpiredOrWhole() {
        // Given
        traced.timePasses(Duration.ofMinutes(40));

        // When
        traced.recordAppended(NOW_MS, trace(1).toBytes(), value(List.of(root(1, 1, 0), child(1, 2, 1))));
        Span ahead = root(2, 1, Duration.ofMinutes(60).toMillis());
        traced.recordAppended(NOW_MS, trace(2).toBytes(), value(List.of(ahead)));
        traced.timePasses(Duration.ofMinutes(1));

        // Then
        assertThat(traced.trace(1)).isEmpty();
        assertThat(traced.trace(2)).containsExactly(ahead);
        assertThat(traced.counted("traced.spans.expired")).isEqualTo(2);
        assertThat(traced.counted("traced.spans.stored")).isEqualTo(1);
        assertThat(traced.counted("traced.spans.duplicate")).isZero();
    }

    @Test
    void query_isNotAnswered_beforeTheRecordItWaitsForIsApplied() {
        // Given
        traced.arrive(root(1, 1, 0));
        TraceQuery query = new TraceQuery(20, 0, Long.MAX_VALUE, at(0));

        // When
        QueryResult<TracePage> answer = traced.ask(new TraceList(query, Map.of(0, 1L), System.nanoTime()));

        // Then
        assertThat(answer.isFailure()).isTrue();
        assertThat(answer.getFailureReason()).isEqualTo(FailureReason.NOT_UP_TO_BOUND);
        assertThat(answer.getFailureMessage()).isEqualTo("offset 1 wanted, 0 applied");
    }

    @Test
    void query_isNotAnswered_ofAPartitionThatItDoesNotName() {
        // When
        TraceQuery query = new TraceQuery(20, 0, Long.MAX_VALUE, at(0));
        QueryResult<TracePage> answer = traced.ask(new TraceList(query, Map.of(3, 0L), System.nanoTime()));

        // Then
        assertThat(answer.isFailure()).isTrue();
    }
}
