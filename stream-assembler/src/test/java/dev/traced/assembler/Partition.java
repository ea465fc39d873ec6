package dev.traced.assembler;

import dev.traced.assembler.History.Event;
import dev.traced.assembler.sampling.TailSampling;
import dev.traced.assembler.stats.StatsBudget;
import dev.traced.assembler.store.RecordedStore;
import dev.traced.assembler.store.TraceList;
import dev.traced.assembler.store.TraceSpans;
import dev.traced.assembler.store.TraceStats;
import dev.traced.assembler.store.TraceTimes;
import dev.traced.assembler.store.TraceTraits;
import dev.traced.assembler.store.TraceValues;
import dev.traced.assembler.trace.Closing;
import dev.traced.model.CompareQuery;
import dev.traced.model.OverviewQuery;
import dev.traced.model.RollingWindow;
import dev.traced.model.Span;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceId;
import dev.traced.model.TraceOverview;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraitSample;
import dev.traced.topics.Topics;
import dev.traced.topics.TraceEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryConfig;
import org.apache.kafka.streams.query.QueryResult;

/** One partition of the assembler that can crash: the real processor on the real store, with a list for a changelog. */
final class Partition implements AutoCloseable {
    static final RollingWindow WINDOW = new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5));

    /** Old deletions make a RocksDB slow; after so many crashes it is replaced. */
    private static final int CRASHES_PER_DATABASE = 25;

    private final Path directory;
    private final StatsBudget statsBudget;
    private final Executor recounts;
    private final SimpleMeterRegistry metrics;
    private RecordedStore store;
    private int crashes;
    private final AssembleTrace supplier;
    private final MockProcessorContext<byte[], byte[]> context;
    private Processor<byte[], byte[], byte[], byte[]> step;

    Partition(Path directory) {
        this(directory, TailSampling.NONE);
    }

    Partition(Path directory, TailSampling sampling) {
        this(directory, sampling, StatsBudget.ofHeap(), Runnable::run);
    }

    /** @param recounts counts services after each start */
    Partition(Path directory, StatsBudget statsBudget, Executor recounts) {
        this(directory, TailSampling.NONE, statsBudget, recounts);
    }

    private Partition(Path directory, TailSampling sampling, StatsBudget statsBudget, Executor recounts) {
        this.directory = directory;
        this.statsBudget = statsBudget;
        this.recounts = recounts;
        this.metrics = new SimpleMeterRegistry();
        this.supplier = new AssembleTrace(
                RecordedStore.builder(WINDOW),
                WINDOW,
                Duration.ofSeconds(5),
                sampling,
                new NothingSettled(),
                new AssemblerMetrics(metrics));
        this.store = new RecordedStore(directory, WINDOW, statsBudget, recounts);
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:0");
        this.context = new MockProcessorContext<>(config, new TaskId(0, 0), new File(directory.toString()));
        context.setCurrentSystemTimeMs(TestSpans.NOW_MS);
        start();
    }

    RecordedStore store() {
        return store;
    }

    List<KeyValue<byte[], byte[]>> changelog() {
        return store.changelog();
    }

    private void start() {
        context.scheduledPunctuators().forEach(MockProcessorContext.CapturedPunctuator::cancel);
        context.addStateStore(store.traces());
        step = supplier.get();
        step.init(context);
    }

    /** A new process on a new disk: the store is restored from these rows and goes on logging after them. */
    void restart(List<KeyValue<byte[], byte[]>> changelog, Random batches) {
        step.close();
        if (++crashes % CRASHES_PER_DATABASE == 0) {
            store.close();
            store = new RecordedStore(directory.resolve("disk" + crashes), WINDOW, statsBudget, recounts);
        }
        store.restoreFresh(changelog, batches);
        store.logTo(new ArrayList<>(changelog));
        start();
    }

    /** A new process on the same disk, which is ahead of the changelog: these rows are all that was ever logged. */
    void restartOnSameDisk(List<KeyValue<byte[], byte[]>> changelog) {
        step.close();
        store.logTo(new ArrayList<>(changelog));
        start();
    }

    void happen(Event event, long nowMs) {
        if (event.isRecord()) {
            deliver(event, nowMs);
        } else {
            evict(nowMs);
        }
    }

    void deliver(Event event, long nowMs) {
        deliver(event.traceId(), TestSpans.value(event.spans()), event.offset(), event.atMs(), nowMs);
    }

    void deliver(TraceId traceId, byte[] value, long offset, long appendMs, long nowMs) {
        context.setCurrentSystemTimeMs(nowMs);
        context.setRecordMetadata(Topics.SPANS, 0, offset);
        step.process(new Record<>(traceId.toBytes(), value, appendMs));
    }

    /** The punctuations of a processor, as far as one slice of time goes. */
    void tick(long nowMs) {
        context.setCurrentSystemTimeMs(nowMs);
        context.scheduledPunctuators().stream()
                .filter(punctuator -> !punctuator.cancelled())
                .forEach(punctuator -> punctuator.getPunctuator().punctuate(nowMs));
    }

    /** What was sent to topic traces since this was asked last. */
    List<TraceEvent> closed() {
        List<TraceEvent> events = context.forwarded().stream()
                .filter(forward -> forward.childName().orElse("").equals(Topics.TRACES))
                .map(forward -> TraceEvent.read(
                        (byte[]) forward.record().key(), forward.record().headers(), (byte[])
                                forward.record().value()))
                .toList();
        context.resetForwards();
        return events;
    }

    void evict(long nowMs) {
        store.traces().evict(nowMs, System.nanoTime() + TimeUnit.HOURS.toNanos(1));
    }

    /** As far as one slice of time goes. */
    void evictSlice(long nowMs) {
        store.traces().evict(nowMs, System.nanoTime());
    }

    TracePage list(TraceQuery query) {
        return ask(new TraceList(query, Map.of(0, -1L), System.nanoTime() + TimeUnit.SECONDS.toNanos(10)));
    }

    TraceOverview overview(OverviewQuery query) {
        return ask(new TraceTimes(query, Map.of(0, -1L), System.nanoTime() + TimeUnit.SECONDS.toNanos(10)));
    }

    TraitSample compare(CompareQuery query, int most) {
        return ask(new TraceTraits(query, most, Map.of(0, -1L), System.nanoTime() + TimeUnit.SECONDS.toNanos(10)));
    }

    StatsPage stats(StatsQuery query) {
        return ask(new TraceStats(query, Map.of(0, -1L), System.nanoTime() + TimeUnit.SECONDS.toNanos(10)));
    }

    /** Of the process, which lives on when the partition crashes. */
    SimpleMeterRegistry metrics() {
        return metrics;
    }

    List<Span> detail(TraceId traceId, long nowNanos) {
        return ExpectedTraces.shown(values(traceId, nowNanos).values());
    }

    /** The rule that dropped a trace; null if none did. */
    String droppedBy(TraceId traceId, long nowNanos) {
        Closing dropped = values(traceId, nowNanos).dropped();
        return dropped == null ? null : dropped.verdict().rule();
    }

    private TraceValues values(TraceId traceId, long nowNanos) {
        return ask(new TraceSpans(traceId, nowNanos, -1, System.nanoTime() + TimeUnit.SECONDS.toNanos(10)));
    }

    private <R> R ask(Query<R> query) {
        QueryResult<R> answer = store.traces().query(query, PositionBound.unbounded(), new QueryConfig(false));
        if (answer.isFailure()) {
            throw new IllegalStateException(answer.getFailureMessage());
        }
        return answer.getResult();
    }

    @Override
    public void close() {
        store.close();
    }
}
