package dev.traced.assembler;

import static dev.traced.assembler.Partition.WINDOW;
import static dev.traced.assembler.TestSpans.NOW_MS;
import static dev.traced.assembler.TestSpans.failed;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.trace;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.History.Event;
import dev.traced.assembler.sampling.TailFraction;
import dev.traced.assembler.sampling.TailRulesJson;
import dev.traced.assembler.sampling.TailSampling;
import dev.traced.model.Span;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.topics.TraceEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Traces close and are dropped while records come, and a crash may cut the changelog anywhere: in front of a closing or behind
 * it. Whatever is left, once all is silent the verdicts are those of the rules. These are such that when a trace closed makes
 * no difference to its last verdict: an error keeps it, a share of the others is kept by their ids.
 */
class DroppedTracesCrashTest {
    private static final TailSampling RULES = TailRulesJson.read("""
            [{"name": "errors", "status": "error"}, {"name": "rest", "keep": 0.3}]
            """);

    private static final long TICK_MS = 500;
    private static final long UNTIL_ALL_CLOSED_MS = 14_000;
    private static final long ALL_LIVES_MS = Duration.ofHours(6).toMillis();

    @TempDir
    Path directory;

    private Partition partition;
    private List<Event> events;
    private long clockMs;

    /** How many rows the changelog had after each event, what closed before the next one included. */
    private final Map<Integer, Integer> rowsAfter = new LinkedHashMap<>();

    private final List<String> violations = new ArrayList<>();
    private int seenDropped;
    private int seenBack;

    @AfterEach
    void close() {
        partition.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void verdicts_areThoseOfTheRules_whereverTheChangelogWasCut(long seed) {
        // Given
        Random random = new Random(seed);
        events = history(seed);
        partition = new Partition(directory, RULES);
        run(0, events.size());
        List<KeyValue<byte[], byte[]>> changelog = List.copyOf(partition.changelog());
        Map<Integer, Integer> rows = new LinkedHashMap<>(rowsAfter);

        for (int cut = 0; cut <= changelog.size(); cut++) {
            int first = firstNotContained(rows, cut);
            int from = random.nextInt(3) == 0 ? first : Math.max(0, first - random.nextInt(12));
            clockMs = events.get(Math.min(first, events.size() - 1)).atMs();

            // When
            partition.restart(changelog.subList(0, cut), random);
            partition.closed();
            int end = Math.min(events.size(), first + 1 + random.nextInt(3));
            again(from, first);
            run(first, end);

            // Then
            String what = "cut at row " + cut + " in event " + first + ", again from event " + from;
            check(what, end);
            checkAllIsEvicted(what);
        }
        assertThat(violations).as("violations").isEmpty();
        assertThat(seenDropped).as("dropped").isPositive();
        assertThat(seenBack).as("dropped and kept in the end").isPositive();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {4, 5})
    void verdicts_areThoseOfTheRules_whenTheDiskIsAheadOfTheChangelog(long seed) {
        // Given
        Random random = new Random(seed);
        events = history(seed);
        partition = new Partition(directory, RULES);
        for (int crash = 2; crash < events.size(); crash++) {
            int from = crash - 1 - random.nextInt(2);
            if (!events.subList(from, crash).stream().allMatch(Event::isRecord)) {
                continue;
            }
            partition.restart(List.of(), random);
            rowsAfter.clear();
            clockMs = 0;
            run(0, crash);
            int logged = rowsAfter.getOrDefault(from - 1, 0);
            int cut = logged + random.nextInt(partition.changelog().size() - logged + 1);

            // When
            partition.restartOnSameDisk(partition.changelog().subList(0, cut));
            again(from, crash);
            int end = Math.min(events.size(), crash + 1);
            run(crash, end);

            // Then: here, and where it is restored from the changelog alone
            String what = "crash after event " + (crash - 1) + ", logged to row " + cut + ", again from " + from;
            check(what + ", same disk", end);
            partition.restart(List.copyOf(partition.changelog()), random);
            check(what + ", then restored", end);
        }
        assertThat(violations).as("violations").isEmpty();
        assertThat(seenDropped).isPositive();
    }

    @Test
    void whatWasDroppedAWhileAgo_isNotDecidedAgain() {
        // Given: nothing but traces that are dropped
        partition = new Partition(directory, TailRulesJson.read("[{\"name\":\"all\",\"keep\":0}]"));
        clockMs = NOW_MS;
        for (int i = 1; i <= 3; i++) {
            partition.deliver(new Event(i, clockMs, List.of(root(i, 1, 0))), clockMs);
        }
        passes(clockMs + UNTIL_ALL_CLOSED_MS);
        List<KeyValue<byte[], byte[]>> changelog = List.copyOf(partition.changelog());

        // When
        partition.restart(changelog, new Random(1));
        passes(clockMs + UNTIL_ALL_CLOSED_MS);

        // Then
        assertThat(partition.changelog()).hasSameSizeAs(changelog);
        assertThat(partition.store().rootRows()).isZero();
        assertThat(partition.droppedBy(trace(3), TimeUnit.MILLISECONDS.toNanos(clockMs)))
                .isEqualTo("all");
    }

    /** Or whoever restores the changelog later would list the trace, and not look at it again. */
    @Test
    void closingThatOnlyTheDiskHas_isLoggedAgain() {
        // Given: a trace was dropped, and the crash lost the end of what was logged
        partition = new Partition(directory, TailRulesJson.read("[{\"name\":\"all\",\"keep\":0}]"));
        clockMs = NOW_MS;
        partition.deliver(new Event(1, clockMs, List.of(root(1, 1, 0))), clockMs);
        List<KeyValue<byte[], byte[]>> logged = List.copyOf(partition.changelog());
        passes(clockMs + 6_000);
        assertThat(partition.changelog()).hasSizeGreaterThan(logged.size());
        partition.restartOnSameDisk(logged);
        partition.deliver(new Event(2, clockMs, List.of(root(2, 1, 0))), clockMs);
        passes(clockMs + UNTIL_ALL_CLOSED_MS);

        // When
        partition.restart(List.copyOf(partition.changelog()), new Random(1));

        // Then
        assertThat(partition.droppedBy(trace(1), TimeUnit.MILLISECONDS.toNanos(clockMs)))
                .isEqualTo("all");
        assertThat(partition.store().rootRows()).isZero();
    }

    @Test
    void newTraceOfADroppedOnesId_isListed_whereItIsRestored() {
        // Given: the first had expired, and eviction, which goes by the bucket, had not come to it
        partition = new Partition(directory, TailRulesJson.read("[{\"name\":\"all\",\"keep\":0}]"));
        clockMs = NOW_MS;
        long minutes = 60_000;
        Span old = TestSpans.startingAt(root(1, 1, 0), TestSpans.at(-29 * minutes));
        partition.deliver(new Event(1, clockMs, List.of(old)), clockMs);
        passes(clockMs + 6_000);
        clockMs += 2 * minutes;
        partition.deliver(new Event(2, clockMs, List.of(root(1, 1, 2 * minutes))), clockMs);

        // When
        partition.restart(List.copyOf(partition.changelog()), new Random(1));

        // Then
        assertThat(partition.droppedBy(trace(1), TimeUnit.MILLISECONDS.toNanos(clockMs)))
                .isNull();
        assertThat(partition.store().rootRows()).isOne();
        assertThat(partition.store().traces().rootCount()).isOne();
        assertThat(partition.store().traces().isDropped(trace(1))).isFalse();
    }

    /** A span has the same status however often it comes, so that nothing takes an error back. */
    private static List<Event> history(long seed) {
        return History.random(seed).stream()
                .map(event -> new Event(
                        event.offset(),
                        event.atMs(),
                        event.spans().stream()
                                .map(DroppedTracesCrashTest::withItsStatus)
                                .toList()))
                .toList();
    }

    private static Span withItsStatus(Span span) {
        Span ok = new Span(
                span.traceId(),
                span.spanId(),
                span.parentSpanId(),
                span.service(),
                span.operation(),
                span.startTimeNanos(),
                span.endTimeNanos(),
                SpanStatus.OK,
                span.tags());
        return (span.traceId().low() + span.spanId().low()) % 6 == 0 ? failed(ok) : ok;
    }

    private void again(int from, int to) {
        for (int i = from; i < to; i++) {
            if (events.get(i).isRecord()) {
                partition.deliver(events.get(i), clockMs);
            }
        }
    }

    private void run(int from, int to) {
        for (int i = from; i < to; i++) {
            Event event = events.get(i);
            passes(Math.max(clockMs, event.atMs()));
            partition.happen(event, clockMs);
            rowsAfter.put(i, partition.changelog().size());
        }
    }

    /** Traces close at most so long after the last record; what follows is eviction. */
    private void passes(long untilMs) {
        long closedByMs = Math.min(untilMs, clockMs + UNTIL_ALL_CLOSED_MS);
        for (; clockMs > 0 && clockMs < closedByMs; clockMs += TICK_MS) {
            partition.tick(clockMs);
        }
        clockMs = untilMs;
        partition.tick(clockMs);
    }

    private int firstNotContained(Map<Integer, Integer> rows, int cut) {
        return rows.entrySet().stream()
                .filter(event -> event.getValue() > cut)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(events.size());
    }

    private void check(String what, int end) {
        if (violations.size() > 20) {
            throw new AssertionError(String.join("\n", violations));
        }
        passes(clockMs + UNTIL_ALL_CLOSED_MS);
        long nowNanos = TimeUnit.MILLISECONDS.toNanos(clockMs);
        long visibleFrom = WINDOW.visibleFrom(nowNanos);
        ExpectedTraces all = expected(end);
        Set<TraceId> dropped = new HashSet<>();
        for (TraceId id : all.ids()) {
            List<Span> spans = all.detail(id, visibleFrom);
            boolean isError = spans.stream().anyMatch(span -> span.status() == SpanStatus.ERROR);
            boolean isDropped = !spans.isEmpty() && !isError && TailFraction.of(id) >= 0.3;
            compare(what + ": " + id + " was dropped by", partition.droppedBy(id, nowNanos), isDropped ? "rest" : null);
            compare(what + ": detail of " + id, partition.detail(id, nowNanos), isDropped ? List.of() : spans);
            if (isDropped) {
                dropped.add(id);
            } else if (isError && TailFraction.of(id) >= 0.3) {
                seenBack++;
            }
        }
        seenDropped += dropped.size();
        dropped.forEach(all::forget);
        TraceQuery query = new TraceQuery(1000, 0, Long.MAX_VALUE, nowNanos);
        compare(what + ": list", open(partition.list(query)), all.list(query, visibleFrom));
        compare(
                what + ": roots counted and rows",
                partition.store().traces().rootCount(),
                partition.store().rootRows());
        Map<TraceId, Long> told = new HashMap<>();
        for (TraceEvent event : partition.closed()) {
            told.merge(event.traceId(), event.revision(), Math::max);
        }
        told.keySet().retainAll(dropped);
        // An earlier trace of the same id may have been told of.
        told.keySet().removeIf(id -> events.subList(0, end).stream()
                .filter(Event::isRecord)
                .flatMap(event -> event.spans().stream())
                .anyMatch(span -> span.traceId().equals(id) && span.status() == SpanStatus.ERROR));
        compare(what + ": dropped, and told of on topic traces", told, Map.of());
    }

    /** As if no trace had closed: how spans hang together is not looked at here. */
    private static TracePage open(TracePage page) {
        return new TracePage(
                page.traces().stream()
                        .map(trace -> new TraceSummary(
                                trace.traceId(),
                                trace.rootService(),
                                trace.rootOperation(),
                                trace.startTimeNanos(),
                                trace.endTimeNanos(),
                                trace.spanCount(),
                                trace.status()))
                        .toList(),
                page.total());
    }

    private void compare(String what, Object actual, Object wanted) {
        if (!Objects.equals(actual, wanted)) {
            violations.add(what + " is " + actual + ", should be " + wanted);
        }
    }

    private void checkAllIsEvicted(String what) {
        partition.evict(clockMs + ALL_LIVES_MS);
        Map<Byte, Integer> left = new TreeMap<>();
        partition.store().keys().forEach(key -> left.merge(key[0], 1, Integer::sum));
        left.remove((byte) 4); // up to when traces have been closed
        if (!left.isEmpty() || partition.store().traces().rootCount() != 0) {
            violations.add(what + ": never evicted, rows by kind: " + left);
        }
    }

    /** By brute force. A trace that had expired when a record of its id arrived is another trace. */
    private ExpectedTraces expected(int end) {
        ExpectedTraces expected = new ExpectedTraces();
        Map<TraceId, Long> newest = new LinkedHashMap<>();
        for (Event event : events.subList(0, end)) {
            if (event.isRecord()) {
                long visibleFrom = WINDOW.visibleFrom(TimeUnit.MILLISECONDS.toNanos(event.atMs()));
                if (newest.getOrDefault(event.traceId(), Long.MAX_VALUE) < visibleFrom) {
                    expected.forget(event.traceId());
                }
                event.spans().forEach(span -> newest.merge(event.traceId(), span.startTimeNanos(), Math::max));
                expected.arrive(event.spans());
            }
        }
        return expected;
    }
}
