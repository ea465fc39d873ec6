package dev.traced.assembler;

import static dev.traced.assembler.Partition.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.History.Event;
import dev.traced.model.Span;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The changelog gets the rows of a record one after the other, and a crash may cut it anywhere. Whatever is left, what is
 * delivered again must lead to the same answers.
 */
class CrashTest {
    private static final long ALL_LIVES_MS = Duration.ofHours(6).toMillis();

    /** The margin of the changelog's retention. */
    private static final long KEPT_LONGER_MS = Duration.ofSeconds(25).toMillis();

    private static final long EVICT_EVERY_MS = 5_000;

    @TempDir
    Path directory;

    private Partition partition;
    private List<Event> events;

    /** How many rows the changelog had after each event. */
    private final Map<Integer, Integer> rowsAfter = new LinkedHashMap<>();

    private final List<String> violations = new ArrayList<>();

    /** Before its directory is deleted: a database that is open flushes and compacts into it. */
    @AfterEach
    void close() {
        partition.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void answers_areExact_whereverTheChangelogWasCut(long seed) {
        // Given
        Random random = new Random(seed);
        events = History.random(seed);
        partition = new Partition(directory);
        run(0, events.size(), 0);
        List<KeyValue<byte[], byte[]>> changelog = partition.changelog();
        Map<Integer, Integer> rows = new LinkedHashMap<>(rowsAfter);

        for (int cut = 0; cut <= changelog.size(); cut++) {
            int first = firstNotContained(rows, cut);
            long crashMs = crashMs(rows, cut, first);
            int from = committed(first, random);

            // When
            partition.restart(changelog.subList(0, cut), random);
            if (random.nextBoolean()) {
                partition.evict(crashMs);
            }
            int end = Math.min(events.size(), first + 1 + random.nextInt(3));
            recover(from, first, end, crashMs);

            // Then
            check("cut at row " + cut + " in event " + first + ", again from event " + from, end);
            checkAllIsEvicted("cut at row " + cut + " in event " + first + ", again from event " + from, end);
        }
        assertThat(violations).as("violations").isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {5})
    void answers_areExact_afterASecondCrash(long seed) {
        // Given
        Random random = new Random(seed);
        events = History.random(seed);
        partition = new Partition(directory);
        run(0, events.size(), 0);
        List<KeyValue<byte[], byte[]>> changelog = partition.changelog();
        Map<Integer, Integer> rows = new LinkedHashMap<>(rowsAfter);

        for (int cut = 0; cut <= changelog.size(); cut++) {
            int first = firstNotContained(rows, cut);
            int from = Math.max(0, first - random.nextInt(8));
            int end = Math.min(events.size(), first + 2);
            partition.restart(changelog.subList(0, cut), random);
            rowsAfter.clear();
            recover(from, first, end, crashMs(rows, cut, first));
            List<KeyValue<byte[], byte[]>> second = partition.changelog();
            int secondCut = cut + random.nextInt(second.size() - cut + 1);
            int secondFirst = Math.min(end, Math.max(from, firstNotContained(rowsAfter, secondCut)));
            long crashMs = events.get(end - 1).atMs();

            // When
            partition.restart(second.subList(0, secondCut), random);
            recover(Math.max(from, secondFirst - random.nextInt(8)), secondFirst, end, crashMs);

            // Then
            String what = "cut at row " + cut + " in event " + first + ", again from " + from + ", then at row "
                    + secondCut + " in event " + secondFirst;
            check(what, end);
            checkAllIsEvicted(what, end);
        }
        assertThat(violations).as("violations").isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {6, 7})
    void answers_areExact_whenTheDiskIsAheadOfTheChangelog(long seed) {
        // Given
        Random random = new Random(seed);
        events = History.random(seed);
        partition = new Partition(directory);
        for (int crash = 1; crash < events.size(); crash++) {
            int from = crash - 1 - random.nextInt(4);
            if (from < 0 || !events.subList(from, crash).stream().allMatch(Event::isRecord)) {
                continue;
            }
            partition.restart(List.of(), random);
            rowsAfter.clear();
            run(0, crash, 0);
            int logged = from == 0 ? 0 : rowsAfter.get(from - 1);
            int cut = logged + random.nextInt(rowsAfter.get(from) - logged + 1);

            // When
            partition.restartOnSameDisk(partition.changelog().subList(0, cut));
            int end = Math.min(events.size(), crash + 1);
            recover(from, crash, end, events.get(crash - 1).atMs());

            // Then
            String what = "crash after event " + (crash - 1) + ", logged to row " + cut + ", again from " + from;
            List<KeyValue<byte[], byte[]>> changelog = List.copyOf(partition.changelog());
            check(what + ", same disk", end);
            partition.restart(changelog, random);
            check(what + ", then restored", end);
        }
        assertThat(violations).as("violations").isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {8})
    void answers_areExact_whenRestoredFromWhatTheChangelogKeeps(long seed) {
        // Given
        Random random = new Random(seed);
        events = History.random(seed);
        partition = new Partition(directory.resolve("owner"));
        List<Long> loggedMs = new ArrayList<>();
        long clockMs = events.get(0).atMs();

        for (int end = 1; end <= events.size(); end++) {
            Event event = events.get(end - 1);
            for (; clockMs < event.atMs(); clockMs += EVICT_EVERY_MS) {
                partition.evict(clockMs);
                loggedAt(clockMs, loggedMs);
            }
            partition.happen(event, event.atMs());
            loggedAt(event.atMs(), loggedMs);
            long keptFromMs = event.atMs() - WINDOW.length().toMillis() - KEPT_LONGER_MS;
            int firstKept =
                    (int) loggedMs.stream().takeWhile(ms -> ms < keptFromMs).count();

            // When
            Partition owner = partition;
            try (Partition other = new Partition(directory.resolve("other" + end))) {
                partition = other;
                partition.restart(owner.changelog().subList(firstKept, loggedMs.size()), random);

                // Then
                check("restored from row " + firstKept + " to event " + (end - 1), end);
            } finally {
                partition = owner;
            }
        }
        assertThat(violations).as("violations").isEmpty();
    }

    private void loggedAt(long atMs, List<Long> loggedMs) {
        while (loggedMs.size() < partition.changelog().size()) {
            loggedMs.add(atMs);
        }
    }

    /** What had been delivered is delivered again, then what comes next. */
    private void recover(int from, int first, int end, long crashMs) {
        for (int i = from; i < first; i++) {
            if (events.get(i).isRecord()) {
                partition.deliver(events.get(i), crashMs);
            }
            rowsAfter.put(i, partition.changelog().size());
        }
        run(first, end, crashMs);
    }

    private void run(int from, int to, long notBeforeMs) {
        for (int i = from; i < to; i++) {
            partition.happen(events.get(i), Math.max(notBeforeMs, events.get(i).atMs()));
            rowsAfter.put(i, partition.changelog().size());
        }
    }

    private int firstNotContained(Map<Integer, Integer> rows, int cut) {
        return rows.entrySet().stream()
                .filter(event -> event.getValue() > cut)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(events.size());
    }

    /** When it crashed: while the event was applied that was cut, or right after the one before. */
    private long crashMs(Map<Integer, Integer> rows, int cut, int first) {
        boolean isWhole = first == 0 || rows.getOrDefault(first - 1, 0) == cut;
        return isWhole
                ? events.get(Math.max(0, first - 1)).atMs()
                : events.get(first).atMs();
    }

    /** What may have been committed last: all that is contained, or less. */
    private static int committed(int first, Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> first;
            case 1 -> Math.max(0, first - 1 - random.nextInt(3));
            default -> Math.max(0, first - random.nextInt(20));
        };
    }

    private void check(String what, int end) {
        if (violations.size() > 20) {
            throw new AssertionError(String.join("\n", violations));
        }
        long nowMs = events.get(end - 1).atMs();
        long nowNanos = TimeUnit.MILLISECONDS.toNanos(nowMs);
        long visibleFrom = WINDOW.visibleFrom(nowNanos);
        ExpectedTraces expected = expected(end);
        compare(what, expected, nowNanos);
        if (partition.store().traces().rootCount() != partition.store().rootRows()) {
            violations.add(what + ": " + partition.store().traces().rootCount() + " roots counted, "
                    + partition.store().rootRows() + " rows");
        }

        // All spans of the living once more: each is a duplicate.
        long offset = 10_000;
        for (TraceId id : expected.ids()) {
            List<Span> spans = expected.detail(id, visibleFrom);
            if (!spans.isEmpty()) {
                partition.deliver(new Event(offset++, nowMs, spans), nowMs);
            }
        }
        compare(what + ", all spans once more", expected, nowNanos);
    }

    private void checkAllIsEvicted(String what, int end) {
        partition.evict(events.get(end - 1).atMs() + ALL_LIVES_MS);
        List<byte[]> left = partition.store().keys();
        if (!left.isEmpty()) {
            violations.add(what + ": " + left.size() + " rows are never evicted, first " + left.get(0)[0]);
        }
    }

    private void compare(String what, ExpectedTraces expected, long nowNanos) {
        long visibleFrom = WINDOW.visibleFrom(nowNanos);
        long span = Duration.ofSeconds(10).toNanos();
        for (TraceQuery query : List.of(
                new TraceQuery(1000, 0, Long.MAX_VALUE, nowNanos),
                new TraceQuery(1, 0, Long.MAX_VALUE, nowNanos),
                new TraceQuery(1000, nowNanos - span, nowNanos, nowNanos))) {
            var actual = partition.list(query);
            var wanted = expected.list(query, visibleFrom);
            if (!actual.equals(wanted)) {
                violations.add(what + ": list is " + actual + ", should be " + wanted);
            }
        }
        for (int operation = 1; operation <= 3; operation++) {
            TraceFilter filter =
                    new TraceFilter(null, "operation " + operation, null, 0, Long.MAX_VALUE, List.of(), null);
            TraceQuery query = new TraceQuery(1000, 0, Long.MAX_VALUE, nowNanos).with(filter, null);
            List<TraceSummary> actual = partition.list(query).traces();
            List<TraceSummary> wanted = expected.search(filter).stream()
                    .filter(trace -> trace.startTimeNanos() >= visibleFrom)
                    .toList();
            if (!actual.equals(wanted)) {
                violations.add(what + ": search for " + filter.operation() + " finds " + actual + ", should " + wanted);
            }
        }
        for (TraceId id : expected.ids()) {
            List<Span> actual = partition.detail(id, nowNanos);
            List<Span> wanted = expected.detail(id, visibleFrom);
            if (!actual.equals(wanted)) {
                violations.add(
                        what + ": detail of " + id + " has " + actual.size() + " spans, should have " + wanted.size());
            }
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
