package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.at;
import static dev.traced.assembler.TestSpans.id;
import static dev.traced.assembler.TestSpans.trace;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.History.Event;
import dev.traced.assembler.sampling.TailFraction;
import dev.traced.assembler.sampling.TailRulesJson;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.topics.TraceEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of traces under rules drawn at random: spans in any order, again, changed, late, while the process is killed now
 * and then. Verdicts, details, the list and topic traces equal what an oracle recomputes from the spans.
 */
class TailSamplingOracleTest {
    private static final int TRACES = 1_000;
    private static final long ALL_BEGIN_MS = 120_000;

    /** Of a burst all records come within this; it is less than the silence that closes a trace. */
    private static final long BURST_MS = 3_000;

    /** More than twice the silence: a restart begins it anew. */
    private static final long BETWEEN_BURSTS_MS = 15_000;

    private static final long TICK_MS = 200;
    private static final long RESTART_EVERY_MS = 25_000;

    @TempDir
    Path directory;

    /** A rule as the test knows it; what is null is no condition. */
    private record Rule(
            String name,
            String service,
            String operation,
            SpanStatus status,
            Long minMs,
            Long maxMs,
            String color,
            Boolean complete,
            double keep) {
        String json() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", quoted(name));
            fields.put("service", quoted(service));
            fields.put("operation", quoted(operation));
            fields.put("status", status == null ? null : quoted(status.text()));
            fields.put("min_duration_ms", minMs);
            fields.put("max_duration_ms", maxMs);
            fields.put("tags", color == null ? null : "{\"color\":" + quoted(color) + "}");
            fields.put("complete", complete);
            fields.put("keep", keep);
            return fields.entrySet().stream()
                    .filter(field -> field.getValue() != null)
                    .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
                    .collect(Collectors.joining(",", "{", "}"));
        }

        private static String quoted(String text) {
            return text == null ? null : "\"" + text + "\"";
        }

        boolean holds(Collection<Span> spans) {
            Span root = spans.stream()
                    .filter(Span::isRoot)
                    .min(Comparator.comparingLong(Span::startTimeNanos).thenComparing(Span::spanId))
                    .orElse(null);
            Set<SpanId> ids = spans.stream().map(Span::spanId).collect(Collectors.toSet());
            boolean isComplete =
                    root != null && spans.stream().allMatch(span -> span.isRoot() || ids.contains(span.parentSpanId()));
            boolean isError = spans.stream().anyMatch(span -> span.status() == SpanStatus.ERROR);
            boolean isWithin = (minMs == null && maxMs == null)
                    || (root != null
                            && (minMs == null || durationMs(root) >= minMs)
                            && (maxMs == null || durationMs(root) <= maxMs));
            return isWithin
                    && (status == null || isError == (status == SpanStatus.ERROR))
                    && (complete == null || complete == isComplete)
                    && (service == null
                            || spans.stream().anyMatch(span -> span.service().equals(service)))
                    && (operation == null
                            || spans.stream()
                                    .anyMatch(span -> span.operation().equals(operation)
                                            && (service == null
                                                    || span.service().equals(service))))
                    && (color == null
                            || spans.stream()
                                    .anyMatch(span -> span.tags() != null
                                            && color.equals(span.tags().get("color"))));
        }

        private static long durationMs(Span span) {
            return (span.endTimeNanos() - span.startTimeNanos()) / 1_000_000;
        }
    }

    /** What must have become of a trace. */
    private static final class Expected {
        private final Map<SpanId, Span> spans = new LinkedHashMap<>();
        private final List<Integer> toldRecords = new ArrayList<>();
        private int records;
        private String droppedBy;
        private boolean wasDropped;

        void closes(TraceId traceId, List<Rule> rules) {
            if (toldRecords.isEmpty()) { // what was told of is kept
                Rule first = rules.stream()
                        .filter(rule -> rule.holds(spans.values()))
                        .findFirst()
                        .orElse(null);
                boolean isKept = first == null || TailFraction.of(traceId) < first.keep;
                droppedBy = isKept ? null : first.name;
                wasDropped |= !isKept;
            }
            if (droppedBy == null) {
                toldRecords.add(records);
            }
        }
    }

    /** Of a thousand traces each. */
    static LongStream seeds() {
        return LongStream.rangeClosed(1, Boolean.getBoolean("traced.long") ? 10 : 5);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void verdicts_areThoseOfTheOracle(long seed) {
        // Given
        Random random = new Random(seed);
        List<Rule> rules = new ArrayList<>();
        IntStream.rangeClosed(1, 6).forEach(number -> rules.add(rule("rule" + number, random)));
        rules.add(new Rule("rest", null, null, null, null, null, null, null, 0.5));
        String json = rules.stream().map(Rule::json).collect(Collectors.joining(",", "[", "]"));
        Map<TraceId, Expected> expected = new HashMap<>();
        TreeMap<Long, List<List<Span>>> schedule = schedule(random, rules, expected);
        Map<TraceId, TreeMap<Long, TraceEvent.Kind>> told = new HashMap<>();

        // When
        long endMs = TestSpans.NOW_MS + schedule.lastKey() + BETWEEN_BURSTS_MS;
        try (Partition partition = new Partition(directory, TailRulesJson.read(json))) {
            long offset = 0;
            Map<TraceId, Integer> delivered = new HashMap<>();
            Map<Long, Integer> recordsAt = new HashMap<>();
            long restartedMs = TestSpans.NOW_MS;
            for (long now = TestSpans.NOW_MS; now <= endMs; now += TICK_MS) {
                for (List<Span> record : schedule.getOrDefault(now - TestSpans.NOW_MS, List.of())) {
                    partition.deliver(new Event(offset++, now, record), now);
                    recordsAt.put(offset, delivered.merge(record.get(0).traceId(), 1, Integer::sum));
                }
                partition.tick(now);
                note(partition.closed(), told);
                if (now - restartedMs >= RESTART_EVERY_MS + random.nextInt(5_000)) {
                    restartedMs = now;
                    partition.restart(List.copyOf(partition.changelog()), random);
                }
            }

            // Then
            compare("seed " + seed + ", rules " + json, partition, endMs, expected, told, recordsAt);
        }
    }

    private static void note(List<TraceEvent> events, Map<TraceId, TreeMap<Long, TraceEvent.Kind>> told) {
        events.forEach(event ->
                told.computeIfAbsent(event.traceId(), id -> new TreeMap<>()).put(event.revision(), event.kind()));
    }

    /** @param recordsAt for each revision, how many records its trace had */
    private static void compare(
            String what,
            Partition partition,
            long nowMs,
            Map<TraceId, Expected> expected,
            Map<TraceId, TreeMap<Long, TraceEvent.Kind>> told,
            Map<Long, Integer> recordsAt) {
        long nowNanos = TimeUnit.MILLISECONDS.toNanos(nowMs);
        Map<TraceId, String> dropped = new HashMap<>();
        Map<TraceId, String> wantedDropped = new HashMap<>();
        ExpectedTraces listed = new ExpectedTraces();
        Map<TraceId, List<Integer>> wantedTold = new HashMap<>();
        int back = 0;
        for (Map.Entry<TraceId, Expected> entry : expected.entrySet()) {
            Expected trace = entry.getValue();
            String rule = partition.droppedBy(entry.getKey(), nowNanos);
            if (rule != null) {
                dropped.put(entry.getKey(), rule);
            }
            if (trace.droppedBy != null) {
                wantedDropped.put(entry.getKey(), trace.droppedBy);
            } else {
                listed.arrive(trace.spans.values());
                wantedTold.put(entry.getKey(), trace.toldRecords);
                back += trace.wasDropped ? 1 : 0;
            }
            assertThat(Set.copyOf(partition.detail(entry.getKey(), nowNanos)))
                    .as(what + ", " + entry.getKey())
                    .isEqualTo(trace.droppedBy != null ? Set.of() : Set.copyOf(trace.spans.values()));
        }
        assertThat(dropped).as(what).isEqualTo(wantedDropped);
        assertThat(dropped.size()).as(what).isBetween(20, TRACES - 20);
        assertThat(back).as(what + ": dropped and kept in the end").isPositive();
        Map<TraceId, List<Integer>> toldRecords = new HashMap<>();
        told.forEach((id, events) -> {
            toldRecords.put(id, events.keySet().stream().map(recordsAt::get).toList());
            assertThat(events.firstEntry().getValue()).as(what).isEqualTo(TraceEvent.Kind.TRACE_COMPLETE);
            assertThat(events.tailMap(events.firstKey(), false).values())
                    .as(what)
                    .containsOnly(
                            events.size() == 1
                                    ? new TraceEvent.Kind[0]
                                    : new TraceEvent.Kind[] {TraceEvent.Kind.UPDATE_TRACE});
        });
        assertThat(toldRecords).as(what).isEqualTo(wantedTold);
        TraceQuery newest = new TraceQuery(1_000, 0, Long.MAX_VALUE, nowNanos);
        var page = partition.list(newest);
        var wanted = listed.list(newest, Long.MIN_VALUE);
        assertThat(page.total()).as(what).isEqualTo(wanted.total());
        assertThat(page.traces().stream().map(TraceSummary::traceId).toList())
                .as(what)
                .isEqualTo(wanted.traces().stream().map(TraceSummary::traceId).toList());
        assertThat(partition.store().traces().rootCount())
                .isEqualTo(partition.store().rootRows());
    }

    /** By the time after the begin: the records that come then, a trace's bursts far enough apart for it to close in between. */
    private static TreeMap<Long, List<List<Span>>> schedule(
            Random random, List<Rule> rules, Map<TraceId, Expected> expected) {
        TreeMap<Long, List<List<Span>>> schedule = new TreeMap<>();
        for (int number = 1; number <= TRACES; number++) {
            Expected trace = expected.computeIfAbsent(trace(number), id -> new Expected());
            long begin = random.nextInt((int) ALL_BEGIN_MS);
            for (int burst = random.nextInt(3); burst >= 0; burst--) {
                TreeMap<Long, List<Span>> records = new TreeMap<>();
                for (int i = 0; i <= random.nextInt(3); i++) {
                    long time = begin + random.nextInt((int) BURST_MS);
                    records.put(time / TICK_MS * TICK_MS, record(number, random));
                }
                records.forEach((time, record) -> {
                    schedule.computeIfAbsent(time, at -> new ArrayList<>()).add(record);
                    record.forEach(span -> trace.spans.put(span.spanId(), span));
                    trace.records++;
                });
                trace.closes(trace(number), rules);
                begin += BURST_MS + BETWEEN_BURSTS_MS + random.nextInt(10_000);
            }
        }
        schedule.values().forEach(records -> Collections.shuffle(records, random));
        return schedule;
    }

    private static List<Span> record(int number, Random random) {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            int id = 1 + random.nextInt(6);
            long start = at(id * 10 + random.nextInt(2));
            spans.add(new Span(
                    trace(number),
                    id(id),
                    id == 1 ? null : id(id / 2),
                    "s" + random.nextInt(4),
                    "o" + random.nextInt(4),
                    start,
                    start + random.nextInt(50) * 1_000_000L,
                    random.nextInt(12) == 0 ? SpanStatus.ERROR : SpanStatus.OK,
                    random.nextInt(4) == 0 ? Map.of("color", "c" + random.nextInt(4)) : null));
        }
        // The same span may come twice in a record, and did: the later counts.
        if (random.nextInt(5) == 0) {
            spans.add(spans.get(random.nextInt(spans.size())));
        }
        return spans;
    }

    private static Rule rule(String name, Random random) {
        boolean hasBound = random.nextInt(3) == 0;
        long min = random.nextInt(40);
        Rule rule = new Rule(
                name,
                maybe(random, "s" + random.nextInt(4)),
                maybe(random, "o" + random.nextInt(4)),
                maybe(random, random.nextInt(3) == 0 ? SpanStatus.ERROR : SpanStatus.OK),
                hasBound && random.nextBoolean() ? Long.valueOf(min) : null,
                hasBound ? Long.valueOf(min + random.nextInt(40)) : null,
                maybe(random, "c" + random.nextInt(4)),
                maybe(random, random.nextBoolean()),
                List.of(0.0, 0.25, 1.0).get(random.nextInt(3)));
        boolean hasNone = rule.service == null
                && rule.operation == null
                && rule.status == null
                && rule.color == null
                && rule.complete == null
                && !hasBound;
        return hasNone ? rule(name, random) : rule;
    }

    private static <T> T maybe(Random random, T value) {
        return random.nextInt(3) == 0 ? Objects.requireNonNull(value) : null;
    }
}
