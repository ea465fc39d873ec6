package dev.traced.assembler;

import dev.traced.assembler.sampling.TailSampling;
import dev.traced.assembler.stats.StatsBudget;
import dev.traced.assembler.store.PartitionStatus;
import dev.traced.assembler.store.SearchBudget;
import dev.traced.assembler.store.TraceList;
import dev.traced.assembler.store.TraceSpans;
import dev.traced.assembler.store.TraceStore;
import dev.traced.assembler.store.TraceTimes;
import dev.traced.assembler.store.TraceTraits;
import dev.traced.assembler.store.TraceValues;
import dev.traced.assembler.trace.Closing;
import dev.traced.model.CompareQuery;
import dev.traced.model.OverviewQuery;
import dev.traced.model.RollingWindow;
import dev.traced.model.Span;
import dev.traced.model.StartRange;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceOverview;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraitSample;
import dev.traced.topics.Topics;
import dev.traced.topics.TraceEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.test.TestRecord;

/**
 * A small language to test the topology in, that reads like the contract: spans arrive, time passes, traces are listed.
 * Starts at {@link TestSpans#NOW} with a window of 30 minutes and 5 seconds of grace. Every question waits for whatever
 * arrived before it.
 */
final class AssemblerTestDriver implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(5);

    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> spans;
    private final TestOutputTopic<byte[], byte[]> deadLetters;
    private final TestOutputTopic<byte[], byte[]> closed;
    private long nowMs = TestSpans.NOW_MS;
    private long lastOffset = -1;

    AssemblerTestDriver(Path stateDir) {
        this(stateDir, SearchBudget.ofHeap());
    }

    AssemblerTestDriver(Path stateDir, SearchBudget searchBudget) {
        this(config(stateDir), searchBudget);
    }

    AssemblerTestDriver(Path stateDir, TailSampling sampling) {
        this(config(stateDir, sampling), SearchBudget.ofHeap());
    }

    private AssemblerTestDriver(AssemblerConfig config, SearchBudget searchBudget) {
        driver = new TopologyTestDriver(
                AssemblerTopology.build(
                        config,
                        new NothingSettled(),
                        new AssemblerMetrics(metrics),
                        Runnable::run,
                        searchBudget,
                        StatsBudget.ofHeap(),
                        Runnable::run),
                config.streams(),
                TestSpans.NOW);
        spans = driver.createInputTopic(Topics.SPANS, new ByteArraySerializer(), new ByteArraySerializer());
        deadLetters =
                driver.createOutputTopic(Topics.DEAD_LETTER, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        closed = driver.createOutputTopic(Topics.TRACES, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static AssemblerConfig config(Path stateDir) {
        return config(stateDir, TailSampling.NONE);
    }

    private static AssemblerConfig config(Path stateDir, TailSampling sampling) {
        return new AssemblerConfig(
                "nowhere:9092",
                stateDir,
                "test",
                "localhost:0",
                new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5)),
                Duration.ofSeconds(5),
                (short) 1,
                0,
                1,
                32 << 20,
                sampling);
    }

    /** Spans of one trace arrive in one record. */
    void arrive(Span... together) {
        arrive(Arrays.asList(together));
    }

    void arrive(List<Span> together) {
        record(together.get(0).traceId().toBytes(), TestSpans.value(together));
    }

    void record(byte[] key, byte[] value) {
        recordAppended(nowMs, key, value);
    }

    /** A record that had to wait for the assembler since it was appended to the topic. */
    void recordAppended(long appendMs, byte[] key, byte[] value) {
        spans.pipeInput(new TestRecord<>(key, value, null, appendMs));
        lastOffset++;
    }

    void timePasses(Duration duration) {
        Duration left = duration;
        while (!left.isZero()) {
            Duration step = left.compareTo(TICK) < 0 ? left : TICK;
            driver.advanceWallClockTime(step);
            nowMs += step.toMillis();
            left = left.minus(step);
        }
    }

    /** In steps of the punctuation that closes traces, which does only so much at a time. */
    void timePassesInSteps(Duration duration) {
        for (long step = 0; step < duration.toMillis(); step += 100) {
            timePasses(Duration.ofMillis(100));
        }
    }

    long visibleFromNanos() {
        return new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5))
                .visibleFrom(TimeUnit.MILLISECONDS.toNanos(nowMs));
    }

    long nowMs() {
        return nowMs;
    }

    TracePage list() {
        return list(TraceQuery.MAX_LIMIT, null, null);
    }

    /** The bounds are Unix nanoseconds or null, as in the contract. */
    TracePage list(int limit, Long after, Long before) {
        TraceQuery query = TraceQuery.between(after, before, limit, TimeUnit.MILLISECONDS.toNanos(nowMs));
        return result(ask(new TraceList(query, Map.of(0, lastOffset), soon())));
    }

    /** Those that pass the filter and start between two times, the last exclusive. */
    TracePage search(TraceFilter filter, Long after, Long before) {
        TraceQuery query = TraceQuery.between(after, before, 10, TimeUnit.MILLISECONDS.toNanos(nowMs))
                .with(filter, null);
        return result(ask(new TraceList(query, Map.of(0, lastOffset), soon())));
    }

    /** Every trace of the window that passes the filter, from a place on. */
    TracePage search(TraceFilter filter, int limit, TraceCursor cursor) {
        TraceQuery query = TraceQuery.between(null, null, limit, TimeUnit.MILLISECONDS.toNanos(nowMs))
                .with(filter, cursor);
        return result(ask(new TraceList(query, Map.of(0, lastOffset), soon())));
    }

    /** How many traces started when; the bounds are Unix nanoseconds or null, as in the contract. */
    TraceOverview overview(TraceFilter filter, Long after, Long before, int steps) {
        OverviewQuery query = OverviewQuery.between(after, before, steps, TimeUnit.MILLISECONDS.toNanos(nowMs), filter);
        return result(ask(new TraceTimes(query, Map.of(0, lastOffset), soon())));
    }

    /** What traces have, of each side so many at most; those of the window that pass the filter, or both. */
    TraitSample compare(TraceFilter filter, StartRange selectedTimes, TraceFilter selected, int most) {
        CompareQuery query =
                new CompareQuery(StartRange.ANY, filter, selectedTimes, selected, TimeUnit.MILLISECONDS.toNanos(nowMs));
        return result(ask(new TraceTraits(query, most, Map.of(0, lastOffset), soon())));
    }

    List<Span> trace(int number) {
        return ExpectedTraces.shown(values(number).values());
    }

    /** The closing that dropped a trace; null if none did. */
    Closing dropped(int number) {
        return values(number).dropped();
    }

    private TraceValues values(int number) {
        long now = TimeUnit.MILLISECONDS.toNanos(nowMs);
        return result(ask(new TraceSpans(TestSpans.trace(number), now, lastOffset, soon())));
    }

    PartitionStatus.Status status() {
        return result(ask(new PartitionStatus()));
    }

    <R> QueryResult<R> ask(Query<R> query) {
        return store().query(query, PositionBound.unbounded(), new QueryConfig(false));
    }

    private TraceStore store() {
        return (TraceStore) driver.getStateStore(AssemblerTopology.TRACES);
    }

    private static long soon() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    }

    private static <R> R result(QueryResult<R> answer) {
        if (answer.isFailure()) {
            throw new AssertionError(answer.getFailureMessage());
        }
        return answer.getResult();
    }

    long lastOffset() {
        return lastOffset;
    }

    List<TestRecord<byte[], byte[]>> deadLetters() {
        return deadLetters.readRecordsToList();
    }

    /** What went to topic traces since this was asked last. */
    List<TraceEvent> closed() {
        return closed.readRecordsToList().stream()
                .map(record -> TraceEvent.read(record.key(), record.headers(), record.value()))
                .toList();
    }

    long counted(String name) {
        return (long) metrics.get(name).counter().count();
    }

    /** The traces that went to topic traces since this was asked last. */
    List<TraceId> closedIds() {
        return closed.readRecordsToList().stream()
                .map(record -> TraceId.from(ByteBuffer.wrap(record.key())))
                .toList();
    }

    /** Verdicts that were made or changed. */
    long sampled(String verdict, String rule) {
        Counter counter = metrics.find("traced.traces.sampled")
                .tags("verdict", verdict, "rule", rule)
                .counter();
        return counter == null ? 0 : (long) counter.count();
    }

    long gauged(String name) {
        return (long) metrics.get(name).gauge().value();
    }

    /** Another process has the partition now; this one may keep the store as a copy. */
    void partitionLeaves() {
        store().deactivate();
    }

    /** Roots in the store, whether visible or not. */
    long rootsKept() {
        return store().rootCount();
    }

    @Override
    public void close() {
        driver.close();
    }
}
