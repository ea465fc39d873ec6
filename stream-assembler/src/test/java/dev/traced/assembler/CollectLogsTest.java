package dev.traced.assembler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.traced.assembler.sampling.TailSampling;
import dev.traced.assembler.stats.StatsBudget;
import dev.traced.assembler.store.RecordedStore;
import dev.traced.assembler.store.SearchBudget;
import dev.traced.assembler.store.TraceLogs;
import dev.traced.assembler.store.TraceStore;
import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import dev.traced.model.RollingWindow;
import dev.traced.model.TraceId;
import dev.traced.topics.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.PerfLevel;
import org.rocksdb.RocksDB;

/** Logs of a trace, in a window of one minute. */
class CollectLogsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final RollingWindow WINDOW = new RollingWindow(Duration.ofMinutes(1), Duration.ofSeconds(5));
    private static final TraceId ONE = new TraceId(1, 1);
    private static final TraceId TWO = new TraceId(1, 2);

    @TempDir
    Path directory;

    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> logs;
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private long lastOffset = -1;

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
                        new AssemblerMetrics(metrics),
                        Runnable::run,
                        SearchBudget.ofHeap(),
                        StatsBudget.ofHeap(),
                        Runnable::run),
                config.streams(),
                START);
        logs = driver.createInputTopic(
                Topics.LOGS, new ByteArraySerializer(), new ByteArraySerializer(), START, Duration.ZERO);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void logs_areBesideTheirTrace_inTheOrderTheyCame_whetherOrNotItHasCome() {
        byte[] first = value("first");
        byte[] second = value("second");
        arrive(ONE, first);
        arrive(TWO, value("another"));
        arrive(ONE, second);

        assertThat(of(ONE)).containsExactly(first, second);
        assertThat(of(new TraceId(9, 9))).isEmpty();
        assertThat(metrics.get("traced.logs.stored").counter().count()).isEqualTo(3);
    }

    @Test
    void query_waitsForTheOffsetOfTheLogs() {
        arrive(ONE, value("first"));

        QueryResult<?> tooEarly = store().query(
                        new TraceLogs(ONE, LogPosition.START, lastOffset + 1, System.nanoTime()),
                        PositionBound.unbounded(),
                        config());

        assertThat(tooEarly.isFailure()).isTrue();
    }

    @Test
    void whatCannotBeRead_isADeadLetter_andDoesNotStopTheRest() {
        arrive(ONE, new byte[] {10, 100, 1});
        logs.pipeInput(new byte[] {1}, value("odd key"));
        lastOffset++;
        byte[] good = value("good");
        arrive(ONE, good);

        assertThat(of(ONE)).containsExactly(good);
        assertThat(driver.createOutputTopic(
                                Topics.DEAD_LETTER, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                        .readValuesToList())
                .hasSize(2);
        assertThat(metrics.get("traced.records.dead.letter").counter().count()).isEqualTo(2);
    }

    @Test
    void logs_leaveAfterTheWindow_withoutTraffic() {
        for (int i = 0; i < 3_000; i++) {
            arrive(new TraceId(3, i), value("x"));
        }

        driver.advanceWallClockTime(Duration.ofSeconds(60));
        assertThat(of(new TraceId(3, 7))).hasSize(1);

        for (int i = 0; i < 40; i++) { // what one look does not get done the next does
            driver.advanceWallClockTime(Duration.ofMillis(500));
        }
        assertThat(of(new TraceId(3, 7))).isEmpty();
        assertThat(of(new TraceId(3, 2_999))).isEmpty();
    }

    @Test
    void moreThanIsReadAtATime_isReadInPages_eachLogOnce() {
        try (RecordedStore store = new RecordedStore(directory.resolve("recorded"), WINDOW)) {
            TraceStore traces = store.traces();
            traces.activate(0);
            int values = 100;
            for (int i = 0; i < values; i++) {
                byte[] value = new byte[1 << 19];
                value[0] = (byte) i;
                traces.applyLogs(ONE, 1 + i / 30, i, value);
                traces.applyLogs(TWO, 1 + i / 30, i, new byte[] {1});
            }
            traces.appliedLogs(5);

            List<Byte> read = new ArrayList<>();
            for (LogPosition next = LogPosition.START; next != null; ) {
                LogPage page = page(traces, ONE, next);
                assertThat(page.values()).hasSizeBetween(1, 5);
                page.values().forEach(value -> read.add(value[0]));
                next = page.next();
            }

            assertThat(read)
                    .isEqualTo(
                            IntStream.range(0, values).mapToObj(i -> (byte) i).toList());
        }
    }

    @Test
    void pageThatBeginsWhereALogHasLeft_beginsWithTheNextOne() {
        try (RecordedStore store = new RecordedStore(directory.resolve("recorded"), WINDOW)) {
            TraceStore traces = store.traces();
            traces.activate(0);
            byte[] value = value("kept");
            traces.applyLogs(ONE, 7, 5, value);
            traces.appliedLogs(5);

            assertThat(page(traces, ONE, new LogPosition(6, 9)).values()).containsExactly(value);
            assertThat(page(traces, ONE, new LogPosition(7, 5)).values()).containsExactly(value);
            assertThat(page(traces, ONE, new LogPosition(7, 6))).isEqualTo(new LogPage(List.of(), null));
        }
    }

    @Test
    void restoredStore_hasTheLogs_andEvictsThem_alsoByTheMarkOfItsPredecessor() {
        try (RecordedStore store = new RecordedStore(directory.resolve("recorded"), WINDOW)) {
            TraceStore traces = store.traces();
            traces.activate(0);
            int bucket = TraceStore.bucket(START.toEpochMilli());
            byte[] value = value("kept");
            traces.applyLogs(ONE, bucket, 5, value);
            traces.applyLogs(ONE, bucket, 5, value); // delivered again
            traces.appliedLogs(5);
            int rows = store.keys().size();

            store.restoreFresh(List.copyOf(store.changelog()), new Random(1));
            traces.activate(0);
            traces.appliedLogs(5);
            assertThat(of(traces, ONE)).containsExactly(value);
            assertThat(store.keys()).hasSize(rows);

            long later = START.plusSeconds(80).toEpochMilli();
            traces.evict(later, System.nanoTime() + TimeUnit.SECONDS.toNanos(5));
            assertThat(of(traces, ONE)).isEmpty();
            assertThat(store.keys()).isEmpty();

            store.restoreFresh(List.copyOf(store.changelog()), new Random(2));
            assertThat(store.keys()).isEmpty();
        }
    }

    @Test
    void evictionInManySlices_doesNotWalkOverWhatItHasDeleted() throws Exception {
        try (RecordedStore store = new RecordedStore(directory.resolve("recorded"), WINDOW);
                Options options = new Options().setCreateIfMissing(true);
                RocksDB any = RocksDB.open(options, directory.resolve("any").toString())) {
            TraceStore traces = store.traces();
            traces.activate(0);
            int bucket = TraceStore.bucket(START.toEpochMilli());
            byte[] value = value("x");
            for (int i = 0; i < 3_000; i++) {
                traces.applyLogs(new TraceId(3, i), bucket, i, value);
            }
            any.setPerfLevel(PerfLevel.ENABLE_COUNT); // of this thread, in all databases
            any.getPerfContext().reset();

            while (!store.keys().isEmpty()) {
                long before = any.getPerfContext().getInternalDeleteSkippedCount();
                traces.evict(START.plusSeconds(80).toEpochMilli(), System.nanoTime());
                assertThat(any.getPerfContext().getInternalDeleteSkippedCount() - before)
                        .isLessThan(100);
            }
            any.setPerfLevel(PerfLevel.DISABLE);
        }
    }

    @Test
    void logThatComesLateToABucketThatIsHalfEvicted_goesWithIt() {
        try (RecordedStore store = new RecordedStore(directory.resolve("recorded"), WINDOW)) {
            TraceStore traces = store.traces();
            traces.activate(0);
            int bucket = TraceStore.bucket(START.toEpochMilli());
            for (int i = 0; i < 100; i++) {
                traces.applyLogs(TWO, bucket, i, value("x"));
            }
            long later = START.plusSeconds(80).toEpochMilli();
            traces.evict(later, System.nanoTime());
            assertThat(store.keys()).isNotEmpty();

            traces.applyLogs(ONE, bucket, 100, value("late"));
            traces.evict(later, System.nanoTime() + TimeUnit.SECONDS.toNanos(5));

            assertThat(store.keys()).isEmpty();
        }
    }

    private void arrive(TraceId trace, byte[] value) {
        logs.pipeInput(trace.toBytes(), value);
        lastOffset++;
    }

    private TraceStore store() {
        return (TraceStore) driver.getAllStateStores().get(AssemblerTopology.TRACES);
    }

    private List<byte[]> of(TraceId trace) {
        LogPage page = ask(
                store(),
                new TraceLogs(trace, LogPosition.START, lastOffset, System.nanoTime() + TimeUnit.SECONDS.toNanos(5)));
        assertThat(page.next()).isNull();
        return page.values();
    }

    private static List<byte[]> of(TraceStore store, TraceId trace) {
        return page(store, trace, LogPosition.START).values();
    }

    private static LogPage page(TraceStore store, TraceId trace, LogPosition from) {
        return ask(store, new TraceLogs(trace, from, 5, System.nanoTime() + TimeUnit.SECONDS.toNanos(5)));
    }

    private static <R> R ask(TraceStore store, Query<R> query) {
        QueryResult<R> answer = store.query(query, PositionBound.unbounded(), config());
        assertThat(answer.isSuccess())
                .as(() -> String.valueOf(answer.getFailureMessage()))
                .isTrue();
        return answer.getResult();
    }

    private static QueryConfig config() {
        return new QueryConfig(false);
    }

    private static byte[] value(String body) {
        return LogsData.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .addScopeLogs(ScopeLogs.newBuilder()
                                .addLogRecords(LogRecord.newBuilder()
                                        .setTraceId(ByteString.copyFrom(ONE.toBytes()))
                                        .setBody(AnyValue.newBuilder().setStringValue(body)))))
                .build()
                .toByteArray();
    }
}
