package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW_MS;
import static dev.traced.assembler.TestSpans.id;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.trace;
import static dev.traced.assembler.TestSpans.withParent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.History.Event;
import dev.traced.model.Span;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.topics.TraceEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What topic traces holds after crashes, at which the changelog and the topic each lose an end of their own of what was
 * sent since the last commit.
 */
class CompletionCrashTest {
    private static final int TRACES = 40;
    private static final int RECORDS = 400;
    private static final long COMMIT_EVERY_MS = 1_000;

    @TempDir
    Path directory;

    private Partition partition;
    private Random random;
    private long nowMs = NOW_MS;
    private final List<Event> records = new ArrayList<>();
    private final List<TraceEvent> topic = new ArrayList<>();
    private final List<TraceEvent> sent = new ArrayList<>();
    private int committedRows;
    private int committedRecords;
    private long committedMs = NOW_MS;

    @AfterEach
    void close() {
        partition.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void highestRevisionOfEachTrace_isTheWholeTrace(long seed) {
        // Given
        random = new Random(seed);
        partition = new Partition(directory);
        int crashes = 0;

        // When
        while (records.size() < RECORDS) {
            int burst = random.nextInt(6);
            for (int i = 0; i < burst; i++) {
                arrive();
            }
            passes(random.nextInt(4) == 0 ? 4_500 + random.nextInt(2_000) : random.nextInt(400));
            if (random.nextInt(8) == 0) {
                crash();
                crashes++;
            }
        }
        passes(25_000);
        commit();

        // Then
        assertThat(crashes).isPositive();
        assertThat(last(topic)).isEqualTo(expected());
    }

    @Test
    void whatKafkaCertainlyHas_isNotToldAgain_andTheRestIsToldAsWhatItWas() {
        // Given
        random = new Random(1);
        partition = new Partition(directory);
        partition.deliver(new Event(0, nowMs, List.of(root(1, 1, 0))), nowMs);
        passes(20_000);
        assertThat(sent.size() + topic.size()).isEqualTo(1);
        partition.deliver(new Event(1, nowMs, List.of(root(2, 1, 0))), nowMs);
        passes(5_500);
        commit();
        TraceEvent second = topic.get(topic.size() - 1);
        assertThat(second.traceId()).isEqualTo(trace(2));
        topic.clear();

        // When
        partition.restart(List.copyOf(partition.changelog()), random);
        passes(6_000);

        // Then
        assertThat(sent).isEmpty();
        assertThat(topic).containsExactly(second);
    }

    /** The partition was not read for a while, and its clock ran on. */
    @Test
    void traceThatWasReadLate_isClosed_alsoAfterACrash() {
        // Given
        random = new Random(1);
        partition = new Partition(directory);
        partition.deliver(new Event(0, nowMs, List.of(root(1, 1, 0))), nowMs);
        passes(9_000);
        partition.deliver(new Event(1, nowMs, List.of(root(3, 1, 0))), nowMs);
        passes(20_000);
        commit();
        topic.clear();
        partition.deliver(new Event(2, nowMs - 24_000, List.of(root(2, 1, 0))), nowMs);

        // When
        partition.restart(List.copyOf(partition.changelog()), random);
        passes(8_000);
        commit();

        // Then
        assertThat(topic).extracting(TraceEvent::traceId).contains(trace(2));
    }

    /** The second lacks a parent, a span of the third came after it had closed, the fourth has no root. */
    @Test
    void completeTraces_areFoundAgainAfterARestart() {
        // Given
        random = new Random(1);
        partition = new Partition(directory);
        partition.deliver(new Event(0, nowMs, List.of(root(1, 1, 0))), nowMs);
        partition.deliver(new Event(1, nowMs, List.of(root(2, 1, 0), withParent(root(2, 2, 0), id(9)))), nowMs);
        partition.deliver(new Event(2, nowMs, List.of(root(3, 1, 0))), nowMs);
        partition.deliver(new Event(3, nowMs, List.of(withParent(root(4, 2, 0), id(2)))), nowMs);
        partition.deliver(new Event(4, nowMs, List.of(root(5, 1, 0))), nowMs);
        passes(6_000);
        partition.deliver(new Event(5, nowMs, List.of(withParent(root(3, 2, 0), id(1)))), nowMs);

        // When
        partition.restart(List.copyOf(partition.changelog()), random);

        // Then
        TraceFilter complete = new TraceFilter(null, null, null, 0, Long.MAX_VALUE, List.of(), true);
        TraceQuery query = new TraceQuery(10, 0, Long.MAX_VALUE, nowMs * 1_000_000).with(complete, null);
        assertThat(partition.list(query).traces())
                .extracting(TraceSummary::traceId)
                .containsExactly(trace(1), trace(5));
        assertThat(partition.list(query).total()).isEqualTo(2);
    }

    private void arrive() {
        int number = 1 + random.nextInt(TRACES);
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(3); i++) {
            int id = 1 + random.nextInt(30);
            Span span = root(number, id, random.nextInt(1_000));
            spans.add(id == 1 ? span : withParent(span, id(1)));
        }
        // Some wait in the topic for longer than a silence, since their partition was not read.
        long appendedMs = nowMs - (random.nextInt(4) == 0 ? random.nextInt(12_000) : 0);
        Event record = new Event(records.size(), appendedMs, spans);
        records.add(record);
        partition.deliver(record, nowMs);
    }

    private void passes(long ms) {
        for (long end = nowMs + ms; nowMs < end; nowMs += 100) {
            partition.tick(nowMs);
            sent.addAll(partition.closed());
            if (nowMs - committedMs >= COMMIT_EVERY_MS) {
                commit();
            }
        }
    }

    private void commit() {
        topic.addAll(sent);
        sent.clear();
        committedRows = partition.changelog().size();
        committedRecords = records.size();
        committedMs = nowMs;
    }

    private void crash() {
        // Either all that is under way is lost or a part of it, on each of the two ways.
        topic.addAll(sent.subList(0, random.nextBoolean() ? 0 : random.nextInt(sent.size() + 1)));
        sent.clear();
        List<KeyValue<byte[], byte[]>> changelog = List.copyOf(partition.changelog());
        int rows = random.nextBoolean()
                ? changelog.size()
                : committedRows + random.nextInt(changelog.size() - committedRows + 1);
        partition.restart(changelog.subList(0, rows), random);
        nowMs += random.nextInt(20_000);
        for (Event again : records.subList(committedRecords, records.size())) {
            partition.deliver(again, nowMs);
            if (random.nextInt(4) == 0) {
                passes(100);
            }
        }
    }

    /** The spans of each trace by their ids, of its highest revision. */
    private static Map<TraceId, Map<Long, String>> last(List<TraceEvent> topic) {
        Map<TraceId, TraceEvent> highest = new HashMap<>();
        for (TraceEvent event : topic) {
            highest.merge(event.traceId(), event, (a, b) -> b.revision() > a.revision() ? b : a);
        }
        Map<TraceId, Map<Long, String>> traces = new HashMap<>();
        highest.forEach((id, event) -> {
            Map<Long, String> spans = new TreeMap<>();
            event.spans().getResourceSpansList().stream()
                    .flatMap(resource -> resource.getScopeSpans(0).getSpansList().stream())
                    .forEach(span -> spans.put(
                            span.getSpanId().asReadOnlyByteBuffer().getLong(),
                            span.getName() + " at " + span.getStartTimeUnixNano()));
            assertThat(event.spanCount()).isEqualTo(spans.size());
            traces.put(id, spans);
        });
        return traces;
    }

    private Map<TraceId, Map<Long, String>> expected() {
        Map<TraceId, Map<Long, String>> traces = new HashMap<>();
        for (Event record : records) {
            for (Span span : record.spans()) {
                traces.computeIfAbsent(span.traceId(), id -> new TreeMap<>())
                        .put(span.spanId().to64Bits(), span.operation() + " at " + span.startTimeNanos());
            }
        }
        return traces;
    }
}
