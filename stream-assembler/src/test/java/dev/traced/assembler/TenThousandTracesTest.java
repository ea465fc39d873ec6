package dev.traced.assembler;

import static dev.traced.assembler.Partition.WINDOW;
import static dev.traced.assembler.TestSpans.NOW_MS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.ArrivalSchedule.Piece;
import dev.traced.assembler.History.Event;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import dev.traced.topics.OtlpIds;
import dev.traced.topics.SpanDecoder;
import dev.traced.topics.TraceEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand traces whose spans come in pieces: shuffled, twice, changed, delayed up to the window, while the partition
 * crashes and is restored from what its changelog has. What is told of each trace, and what is shown, is what an oracle
 * says that knows nothing but which spans came in which order.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class TenThousandTracesTest {
    private static final int TRACES = 10_000;
    private static final long SEED = Long.getLong("traced.seed", System.nanoTime());
    private static final long IDLE_MS = 5_000;
    private static final long TICK_MS = 100;
    private static final long COMMIT_EVERY_MS = 1_000;

    /** Of the partition after a crash. */
    private static final long LONGEST_PAUSE_MS = 20_000;

    private static final int CRASHES = Boolean.getBoolean("traced.long") ? 60 : 6;
    private static final int LOOKS = Boolean.getBoolean("traced.long") ? 100 : 10;

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);
    private Partition partition;
    private long nowMs = NOW_MS;

    /** All that was appended, by offset; those from here on are committed by nobody. */
    private final List<Event> topic = new ArrayList<>();

    private int committedRecords;
    private int committedRows;
    private long committedMs = NOW_MS;

    /** What topic traces has, and what is on its way to it. */
    private final List<TraceEvent> told = new ArrayList<>();

    private final List<TraceEvent> underWay = new ArrayList<>();

    /** Of these nobody knows for certain whether the last closing was told, or noted, before a crash. */
    private final Set<TraceId> crashed = new HashSet<>();

    private long resumedMs;
    private int shownOpen;

    @BeforeEach
    void start() {
        System.out.println("-Dtraced.seed=" + SEED);
        partition = new Partition(directory);
    }

    @AfterEach
    void close() {
        partition.close();
    }

    @Test
    void whatIsToldAndShown_isWhatTheOracleSays() {
        List<Piece> pieces = ArrivalSchedule.random(random, TRACES, IDLE_MS);
        TreeSet<Integer> crashes = places(CRASHES, pieces.size());
        TreeSet<Integer> looks = places(LOOKS, pieces.size());

        for (int i = 0; i < pieces.size(); i++) {
            // After a pause what waited comes quickly, and yet time passes.
            passes(Math.max(random.nextInt(20) == 0 ? TICK_MS : 0, pieces.get(i).atMs() - nowMs));
            append(pieces.get(i).spans());
            if (crashes.contains(i)) {
                crash();
            }
            if (looks.contains(i)) {
                assertShown();
            }
        }
        passes(IDLE_MS + LONGEST_PAUSE_MS);
        commit();

        assertShown();
        assertTold();
    }

    private TreeSet<Integer> places(int count, int below) {
        TreeSet<Integer> places = new TreeSet<>();
        while (places.size() < count) {
            places.add(random.nextInt(below));
        }
        return places;
    }

    // ---- what happens

    private void append(List<Span> spans) {
        // None that could expire while it waits to be read again.
        long acceptedFrom = WINDOW.acceptedFrom(TimeUnit.MILLISECONDS.toNanos(nowMs + 2 * LONGEST_PAUSE_MS));
        List<Span> accepted = spans.stream()
                .filter(span -> span.startTimeNanos() >= acceptedFrom)
                .toList();
        if (!accepted.isEmpty()) {
            Event record = new Event(topic.size(), nowMs, accepted);
            topic.add(record);
            partition.deliver(record, nowMs);
        }
    }

    private void passes(long ms) {
        for (long end = nowMs + ms; nowMs < end; ) {
            nowMs = Math.min(end, nowMs + TICK_MS);
            partition.tick(nowMs);
            underWay.addAll(partition.closed());
            if (nowMs - committedMs >= COMMIT_EVERY_MS) {
                commit();
            }
        }
    }

    private void commit() {
        told.addAll(underWay);
        underWay.clear();
        committedRows = partition.changelog().size();
        committedRecords = topic.size();
        committedMs = nowMs;
    }

    /** Since the last commit the changelog and topic traces have each lost an end of their own. */
    private void crash() {
        told.addAll(underWay.subList(0, random.nextInt(underWay.size() + 1)));
        underWay.clear();
        List<KeyValue<byte[], byte[]>> rows = partition.changelog();
        int kept = committedRows + random.nextInt(rows.size() - committedRows + 1);
        partition.restart(new ArrayList<>(rows.subList(0, kept)), random);
        // What was closed since the last commit had been silent for so long, or for the last pause as well.
        long unsureSinceMs = nowMs - 2 * IDLE_MS - (nowMs - resumedMs < 2 * IDLE_MS ? LONGEST_PAUSE_MS : 0);
        topic.stream().filter(record -> record.atMs() > unsureSinceMs).forEach(record -> crashed.add(record.traceId()));
        nowMs += random.nextInt((int) LONGEST_PAUSE_MS);
        resumedMs = nowMs;
        for (Event again : List.copyOf(topic.subList(committedRecords, topic.size()))) {
            partition.deliver(again, nowMs);
        }
    }

    // ---- what the oracle says

    /** All that has come up to an offset, exclusive; what had expired when more of its id came is forgotten. */
    private ExpectedTraces arrived() {
        ExpectedTraces traces = new ExpectedTraces();
        topic.forEach(record -> arrive(record, traces));
        return traces;
    }

    /** Whether the record began another trace. */
    private static boolean arrive(Event record, ExpectedTraces traces) {
        List<Span> before = traces.detail(record.traceId(), Long.MIN_VALUE);
        long visibleFrom = WINDOW.visibleFrom(TimeUnit.MILLISECONDS.toNanos(record.atMs()));
        boolean isOver = before.stream().allMatch(span -> span.startTimeNanos() < visibleFrom);
        if (isOver) {
            traces.forget(record.traceId());
        }
        traces.arrive(record.spans());
        return isOver;
    }

    private static Set<SpanId> missingParents(List<Span> spans) {
        Set<SpanId> there = spans.stream().map(Span::spanId).collect(Collectors.toSet());
        return spans.stream()
                .map(Span::parentSpanId)
                .filter(parent -> parent != null && !there.contains(parent))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isComplete(List<Span> spans) {
        return spans.stream().anyMatch(Span::isRoot) && missingParents(spans).isEmpty();
    }

    // ---- what is shown

    private void assertShown() {
        long nowNanos = TimeUnit.MILLISECONDS.toNanos(nowMs);
        long visibleFrom = WINDOW.visibleFrom(nowNanos);
        ExpectedTraces expected = arrived();
        Map<TraceId, Long> lastMs = new HashMap<>();
        topic.forEach(record -> lastMs.put(record.traceId(), record.atMs()));
        int open = 0;

        for (TraceSummary line : assertSearch(TraceFilter.ANY, expected, nowNanos)) {
            List<Span> spans = expected.detail(line.traceId(), visibleFrom);
            TraceShape shape = line.shape();
            if (shape == null) {
                open++;
                assertThat(lastMs.get(line.traceId()))
                        .as("%s is open", line.traceId())
                        .isGreaterThan(nowMs - IDLE_MS - 2 * LONGEST_PAUSE_MS);
            } else {
                assertThat(shape.isComplete()).as("%s", line).isEqualTo(isComplete(spans));
                assertThat(shape.missingParents())
                        .as("%s", line)
                        .isEqualTo(missingParents(spans).size());
            }
            if (random.nextInt(50) == 0) {
                assertThat(partition.detail(line.traceId(), nowNanos)).isEqualTo(spans);
            }
        }
        SpanStatus status = random.nextBoolean() ? SpanStatus.ERROR : SpanStatus.OK;
        assertSearch(
                new TraceFilter("service " + random.nextInt(5), null, status, 0, 20_999_999, List.of(), null),
                expected,
                nowNanos);
        shownOpen += open;
    }

    /** Page by page, each with the same total; returns all lines. */
    private List<TraceSummary> assertSearch(TraceFilter filter, ExpectedTraces expected, long nowNanos) {
        List<TraceSummary> lines = expected.search(filter).stream()
                .filter(line -> line.startTimeNanos() >= WINDOW.visibleFrom(nowNanos))
                .toList();
        List<TraceSummary> shown = new ArrayList<>();
        TracePage page;
        do {
            TraceCursor cursor = shown.isEmpty() ? null : TraceCursor.behind(shown.get(shown.size() - 1));
            page = partition.list(TraceQuery.between(null, null, TraceQuery.MAX_LIMIT, nowNanos)
                    .with(filter, cursor));
            assertThat(page.total()).isEqualTo(lines.size());
            shown.addAll(page.traces());
        } while (page.traces().size() == TraceQuery.MAX_LIMIT);
        assertThat(shown.stream().map(TenThousandTracesTest::withoutShape)).isEqualTo(lines);
        return shown;
    }

    private static TraceSummary withoutShape(TraceSummary line) {
        return new TraceSummary(
                line.traceId(),
                line.rootService(),
                line.rootOperation(),
                line.startTimeNanos(),
                line.endTimeNanos(),
                line.spanCount(),
                line.status());
    }

    // ---- what is told

    /** Each event is its trace as it was by some record; the first says that it is the first, the last is all that came. */
    private void assertTold() {
        Map<Long, List<TraceEvent>> byRevision = told.stream().collect(Collectors.groupingBy(TraceEvent::revision));
        ExpectedTraces traces = new ExpectedTraces();
        Map<TraceId, Long> lastTold = new HashMap<>();
        Map<TraceId, Long> last = new HashMap<>();
        int updates = 0;
        for (Event record : topic) {
            TraceId id = record.traceId();
            if (arrive(record, traces)) {
                lastTold.remove(id);
            }
            last.put(id, record.offset());
            List<TraceEvent> events = byRevision.getOrDefault(record.offset() + 1, List.of());
            for (TraceEvent event : events) {
                assertEvent(event, id, traces.detail(id, Long.MIN_VALUE));
                boolean isFirst = !lastTold.containsKey(id);
                if (!crashed.contains(id)) {
                    assertThat(event.kind())
                            .as("%s", event)
                            .isEqualTo(isFirst ? TraceEvent.Kind.TRACE_COMPLETE : TraceEvent.Kind.UPDATE_TRACE);
                }
            }
            if (!events.isEmpty() && lastTold.put(id, record.offset()) != null) {
                updates++;
            }
        }
        System.out.println(topic.size() + " records, " + told.size() + " events, " + updates + " updates, "
                + crashed.size() + " traces crashed, " + shownOpen + " lines shown as open");
        assertThat(byRevision.keySet()).allMatch(revision -> revision <= topic.size());
        assertThat(lastTold)
                .as("the last event of each trace is of its last record")
                .isEqualTo(last);
        assertThat(updates).isGreaterThan(TRACES / 10);
        assertThat(shownOpen).isPositive();
    }

    private static void assertEvent(TraceEvent event, TraceId id, List<Span> spans) {
        assertThat(event.traceId()).isEqualTo(id);
        assertThat(event.parts()).isEqualTo(1);
        assertThat(event.spanCount()).isEqualTo(spans.size());
        assertThat(SpanDecoder.decode(OtlpIds.shortened(event.value().toByteArray())))
                .extracting(TenThousandTracesTest::withShortIds)
                .containsExactlyInAnyOrderElementsOf(
                        spans.stream().map(TenThousandTracesTest::withShortIds).toList());
        assertThat(event.isComplete()).as("%s", event).isEqualTo(isComplete(spans));
        assertThat(event.missingParents()).containsExactlyInAnyOrderElementsOf(TraceEvent.texts(missingParents(spans)));
    }

    /** Topic traces has ids of 8 bytes, and knows no tags that are absent. */
    private static Span withShortIds(Span span) {
        SpanId parent = span.parentSpanId();
        return new Span(
                span.traceId(),
                new SpanId(0, span.spanId().to64Bits()),
                parent == null ? null : new SpanId(0, parent.to64Bits()),
                span.service(),
                span.operation(),
                span.startTimeNanos(),
                span.endTimeNanos(),
                span.status(),
                null);
    }
}
