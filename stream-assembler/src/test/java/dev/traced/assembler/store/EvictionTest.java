package dev.traced.assembler.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.AssemblerConfig;
import dev.traced.assembler.AssemblerMetrics;
import dev.traced.assembler.AssemblerTopology;
import dev.traced.assembler.NothingSettled;
import dev.traced.assembler.sampling.TailSampling;
import dev.traced.assembler.stats.StatsBudget;
import dev.traced.model.RollingWindow;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.topics.SpanDecoder;
import dev.traced.topics.SpanEncoder;
import dev.traced.topics.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.BatchingStateRestoreCallback;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksIterator;

/**
 * The window rolls by the clock alone, and a store restored from the changelog rolls the same way. A window of 1 minute
 * and 5 s of grace; the broker's time is the driver's clock.
 */
class EvictionTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final RollingWindow WINDOW = new RollingWindow(Duration.ofMinutes(1), Duration.ofSeconds(5));
    private static final String CHANGELOG = "traced-assembler-60s-traces-changelog";
    /** Until a bucket that has just begun is full and everything in it has left the answers, and a little. */
    private static final Duration GONE = Duration.ofSeconds(10 + 65 + 2);

    @TempDir
    Path directory;

    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> spans;
    private TestOutputTopic<byte[], byte[]> logged;
    private Instant now = START;
    private long ids = 1;

    /** Rows of the changelog in their order, and when the broker appended them. */
    private record Logged(Instant at, byte[] key, byte[] value) {}

    private final List<Logged> changelog = new ArrayList<>();

    @BeforeEach
    void start() {
        AssemblerConfig config = new AssemblerConfig(
                "unused:1",
                directory.resolve("streams"),
                "one",
                "here:1",
                WINDOW,
                Duration.ofSeconds(5),
                (short) 1,
                0,
                1,
                64 << 20,
                TailSampling.NONE);
        driver = new TopologyTestDriver(
                AssemblerTopology.build(
                        config,
                        new NothingSettled(),
                        new AssemblerMetrics(new SimpleMeterRegistry()),
                        Runnable::run,
                        SearchBudget.ofHeap(),
                        StatsBudget.ofHeap(),
                        Runnable::run),
                config.streams(),
                START);
        spans = driver.createInputTopic(Topics.SPANS, new ByteArraySerializer(), new ByteArraySerializer());
        logged = driver.createOutputTopic(CHANGELOG, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void traces_leaveTheAnswersOnTime_withoutTraffic() {
        for (int i = 0; i < 1_000; i++) {
            post(trace(5, now()));
        }
        assertThat(list().total()).isEqualTo(1_000);

        pass(Duration.ofMillis(64_999));
        assertThat(list().total()).isEqualTo(1_000);
        assertThat(list().traces()).hasSize(1_000);

        pass(Duration.ofMillis(500));
        assertThat(list().total()).isZero();
        assertThat(list().traces()).isEmpty();
    }

    @Test
    void rowsAndCounts_areGone_withoutTraffic() {
        for (int i = 0; i < 1_000; i++) {
            post(trace(5, now()));
        }
        post(trace(300, now())); // spans with rows of their own
        assertThat(store().rootCount()).isEqualTo(1_001);

        pass(GONE);

        assertThat(store().rootCount()).isZero();
        assertThat(rows(rowsOf(store()))).isEmpty();
    }

    @Test
    void trace_isKeptWhole_whileItIsVisible_howeverLateItsSpansCome() {
        TraceId id = new TraceId(7, 7);
        long root = now();
        post(List.of(span(id, true, root)));
        for (int i = 0; i < 12; i++) { // until 60 s later: spans that started then
            pass(Duration.ofSeconds(5));
            post(List.of(span(id, false, now())));
        }
        pass(Duration.ofSeconds(4));

        assertThat(only(list()).spanCount()).isEqualTo(13);
        assertThat(detail(id)).hasSize(13);

        pass(Duration.ofSeconds(2));
        assertThat(list().total()).isZero();
        assertThat(detail(id)).isEmpty();

        // Its older chunks were evicted while its newest span was young: they moved, and have another window to go.
        pass(GONE.plus(WINDOW.length()));
        assertThat(rows(rowsOf(store()))).isEmpty();
    }

    @Test
    void traceOfTomorrow_survivesManyRoundsOfEviction_withItsExactCount() {
        List<Span> tomorrow = trace(300, now() + Duration.ofDays(1).toNanos());
        post(tomorrow.subList(0, 200));
        post(tomorrow.subList(200, 300));

        pass(Duration.ofMinutes(5));
        post(tomorrow.subList(150, 250)); // duplicates, of which some are in the head and some have rows of their own

        TraceSummary listed = only(list());
        assertThat(listed.spanCount()).isEqualTo(300);
        assertThat(distinct(detail(listed.traceId()))).isEqualTo(300);
    }

    @Test
    void restoredStore_holdsTheSameRows() {
        mixedTraffic(Duration.ofMinutes(3));

        assertRestores(changelog);
    }

    /** The changelog is deleted after window + grace + 25 s: a new machine finds nothing older. */
    @Test
    void restoredStore_holdsTheSameRows_whenTheChangelogHasForgottenWhatIsOlderThanItsRetention() {
        mixedTraffic(Duration.ofMinutes(5));
        Instant kept = now.minus(WINDOW.length()).minusSeconds(25);

        assertRestores(
                changelog.stream().filter(row -> !row.at().isBefore(kept)).toList());
    }

    @Test
    void restoredStore_isEmpty_whenTheOriginalIs() {
        for (int i = 0; i < 100; i++) {
            post(trace(5, now()));
        }
        post(trace(300, now()));
        pass(GONE);

        assertRestores(changelog);
    }

    /** Paused, replaced, and then awake again: what it still had at hand comes behind what its successor wrote. */
    @Test
    void restoredStore_ignoresWhatAReplacedOwnerWroteLate() {
        TraceId id = new TraceId(7, 7);
        post(List.of(span(id, true, now())));
        post(List.of(span(id, true, now() - 1_000))); // an earlier root: its row of the list moves
        for (int i = 0; i < 300; i++) {
            post(List.of(span(id, false, now())));
        }
        List<Span> last = trace(200, now());
        post(last);
        post(last.subList(100, 200)); // once more
        List<Logged> late = new ArrayList<>(changelog);

        for (int stretch = 1; stretch < late.size(); stretch *= 3) {
            List<Logged> log = new ArrayList<>(late);
            log.addAll(late.subList(stretch / 2, stretch));
            assertRestores(log);
        }
    }

    /** Ordinary traces all the time, one that goes on and on, one of tomorrow that is large and gets duplicates. */
    private void mixedTraffic(Duration time) {
        TraceId long_ = new TraceId(7, 7);
        List<Span> tomorrow = trace(300, now() + Duration.ofDays(1).toNanos());
        post(tomorrow);
        post(List.of(span(long_, true, now() + Duration.ofDays(2).toNanos())));
        for (Instant end = now.plus(time); now.isBefore(end); pass(Duration.ofSeconds(1))) {
            post(trace(5, now()));
            if (now.getEpochSecond() % 20 == 0) {
                post(List.of(span(long_, false, now())));
            }
        }
    }

    private void assertRestores(List<Logged> rows) {
        try (Restored restored = restore(rows)) {
            assertThat(distinctCounts(restored.store)).isEqualTo(distinctCounts(store()));
            assertThat(list(restored.store)).isEqualTo(list(store()));
            assertThat(restored.store.rootCount()).isEqualTo(store().rootCount());
            // A chunk under way may be there twice on the owner's side: compared are the rows that a reader needs.
            assertThat(kinds(restored.rows)).isEqualTo(kinds(rowsOf(store())));
        }
    }

    /** A store of another machine, filled through the restore callback. */
    private final class Restored implements AutoCloseable {
        final RocksRows rows;
        final TraceStore store;
        BatchingStateRestoreCallback callback;

        Restored() {
            Eviction eviction = new Eviction(WINDOW, Runnable::run);
            rows = new RocksRows("restored", new RocksMemory(64 << 20), eviction);
            eviction.evicts(rows);
            store = new TraceStore(
                    rows, rows, WINDOW, eviction, SearchBudget.ofHeap(), StatsBudget.ofHeap(), Runnable::run);
            File stateDir = directory.resolve("restored-" + ids++).toFile();
            store.init(
                    (StateStoreContext) Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {StateStoreContext.class},
                            (proxy, method, arguments) -> {
                                switch (method.getName()) {
                                    case "taskId" -> {
                                        return new TaskId(0, 0);
                                    }
                                    case "stateDir" -> {
                                        return stateDir;
                                    }
                                    case "register" -> {
                                        callback = (BatchingStateRestoreCallback) arguments[1];
                                        return null;
                                    }
                                    default -> throw new UnsupportedOperationException(method.getName());
                                }
                            }),
                    null);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private Restored restore(List<Logged> log) {
        Restored restored = new Restored();
        for (int from = 0; from < log.size(); from += 1_000) {
            restored.callback.restoreAll(log.subList(from, Math.min(log.size(), from + 1_000)).stream()
                    .map(row -> KeyValue.pair(row.key(), row.value()))
                    .toList());
        }
        restored.store.activate(0);
        restored.store.applied(Long.MAX_VALUE);
        return restored;
    }

    private TraceStore store() {
        return (TraceStore) driver.getAllStateStores().get(AssemblerTopology.TRACES);
    }

    private static RocksRows rowsOf(TraceStore store) {
        try {
            var field = TraceStore.class.getDeclaredField("rows");
            field.setAccessible(true);
            return (RocksRows) field.get(store);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<byte[]> rows(RocksRows store) {
        List<byte[]> keys = new ArrayList<>();
        try (RocksIterator chunks = store.iteratorFrom(Rows.chunksFrom(0))) {
            for (; chunks.isValid(); chunks.next()) {
                keys.add(chunks.key());
            }
        }
        try (RocksIterator others = store.iteratorFrom(new byte[] {Rows.HEAD})) {
            for (; others.isValid(); others.next()) {
                if (others.key()[0] != Rows.CLOSED) { // the one row of the store itself
                    keys.add(others.key());
                }
            }
        }
        return keys;
    }

    private static Map<String, Integer> kinds(RocksRows store) {
        Map<String, Integer> kinds = new HashMap<>();
        for (byte[] key : rows(store)) {
            kinds.merge(
                    Map.of(
                                    Rows.CHUNK,
                                    "chunk",
                                    Rows.HEAD,
                                    "head",
                                    Rows.ROOT,
                                    "root",
                                    Rows.SPAN,
                                    "span",
                                    Rows.CLOSING,
                                    "closing")
                            .getOrDefault(key[0], "other"),
                    1,
                    Integer::sum);
        }
        return kinds;
    }

    /** Per trace of the list: its span_count, and how many spans its detail has. */
    private Map<TraceId, List<Integer>> distinctCounts(TraceStore store) {
        Map<TraceId, List<Integer>> counts = new HashMap<>();
        for (TraceSummary trace : list(store).traces()) {
            counts.put(trace.traceId(), List.of((int) trace.spanCount(), distinct(detail(store, trace.traceId()))));
        }
        return counts;
    }

    private static int distinct(List<Span> spans) {
        return (int) spans.stream().map(Span::spanId).distinct().count();
    }

    private TracePage list() {
        return list(store());
    }

    private TracePage list(TraceStore store) {
        return query(store, new TraceList(TraceQuery.between(null, null, 1_000, now()), Map.of(0, 0L), deadline()));
    }

    private List<Span> detail(TraceId id) {
        return detail(store(), id);
    }

    private List<Span> detail(TraceStore store, TraceId id) {
        return query(store, new TraceSpans(id, now(), 0, deadline())).values().stream()
                .flatMap(value -> SpanDecoder.decode(value).stream())
                .toList();
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    }

    private static <R> R query(TraceStore store, Query<R> query) {
        var answer = store.query(query, PositionBound.unbounded(), new QueryConfig(false));
        assertThat(answer.isSuccess()).as(() -> answer.getFailureMessage()).isTrue();
        return answer.getResult();
    }

    private static TraceSummary only(TracePage page) {
        assertThat(page.total()).isEqualTo(1);
        assertThat(page.traces()).hasSize(1);
        return page.traces().get(0);
    }

    private void post(List<Span> trace) {
        for (byte[] value : SpanEncoder.encode(trace)) {
            spans.pipeInput(trace.get(0).traceId().toBytes(), value, now.toEpochMilli());
        }
        drain();
    }

    /** Half a second at a time: that is how often the clock is looked at. */
    private void pass(Duration time) {
        Duration step = Duration.ofMillis(500);
        for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minus(step)) {
            Duration next = left.compareTo(step) < 0 ? left : step;
            now = now.plus(next);
            driver.advanceWallClockTime(next);
            drain();
        }
    }

    private void drain() {
        if (driver.producedTopicNames().contains(CHANGELOG)) {
            logged.readRecordsToList().forEach(row -> changelog.add(new Logged(now, row.key(), row.value())));
        }
    }

    private long now() {
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    private List<Span> trace(int size, long start) {
        TraceId id = new TraceId(1L << 40, ids++);
        List<Span> trace = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            trace.add(span(id, i == 0, start + i));
        }
        return trace;
    }

    private Span span(TraceId trace, boolean isRoot, long start) {
        SpanId id = new SpanId(ids++, 1);
        return new Span(
                trace, id, isRoot ? null : new SpanId(9, 9), "shop", "buy", start, start + 1_000, SpanStatus.OK, null);
    }
}
