package dev.traced.assembler;

import dev.traced.assembler.completion.Completion;
import dev.traced.assembler.sampling.TailSampler;
import dev.traced.assembler.sampling.TailSampling;
import dev.traced.assembler.store.Chunks;
import dev.traced.assembler.store.TraceStore;
import dev.traced.assembler.store.TraceStoreBuilder;
import dev.traced.assembler.store.TraceUpdate;
import dev.traced.assembler.store.TraceValues;
import dev.traced.assembler.trace.BestRoot;
import dev.traced.assembler.trace.TermSet;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.RollingWindow;
import dev.traced.model.SpanId;
import dev.traced.model.TraceId;
import dev.traced.topics.SpanCursor;
import dev.traced.topics.Topics;
import dev.traced.topics.TraceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Step {@code assemble-trace}: puts the spans of a record into their trace. Whatever cannot be read is forwarded as it is,
 * to the dead letters; it still moves the read barrier, or one bad record would block every query.
 */
final class AssembleTrace implements ProcessorSupplier<byte[], byte[], byte[], byte[]> {

    /** How often expired traces are looked for, and how long a look may keep records waiting. */
    private static final Duration EVICT_EVERY = Duration.ofMillis(100);

    private static final long EVICT_FOR_NANOS = TimeUnit.MILLISECONDS.toNanos(6);

    /** How often other things are done that nobody waits for, and how long what the index asks for may take. */
    private static final Duration TIDY_EVERY = Duration.ofMillis(500);

    private static final long SEAL_FOR_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** One that is late may take more, up to half of the time: otherwise it would never catch up with a full load. */
    private static final int MOST_TIMES_AS_LONG = 8;

    /** How often traces that fell silent are looked for, and how long closing them may keep records waiting. */
    private static final Duration CLOSE_EVERY = Duration.ofMillis(100);

    private static final long CLOSE_FOR_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    /** If closing is later than this it may take twice as long. */
    private static final long CLOSE_LATE_MS = 3_000;

    private final TraceStoreBuilder store;
    private final RollingWindow window;
    private final Duration traceIdle;
    private final TailSampling sampling;
    private final SettledOffsets settled;
    private final AssemblerMetrics metrics;

    AssembleTrace(
            TraceStoreBuilder store,
            RollingWindow window,
            Duration traceIdle,
            TailSampling sampling,
            SettledOffsets settled,
            AssemblerMetrics metrics) {
        this.store = store;
        this.window = window;
        this.traceIdle = traceIdle;
        this.sampling = sampling;
        this.settled = settled;
        this.metrics = metrics;
    }

    @Override
    public Set<StoreBuilder<?>> stores() {
        return Set.of(store);
    }

    @Override
    public Processor<byte[], byte[], byte[], byte[]> get() {
        return new Step();
    }

    private final class Step implements Processor<byte[], byte[], byte[], byte[]> {
        private @Nullable ProcessorContext<byte[], byte[]> context;
        private @Nullable TraceStore traces;
        private @Nullable Completion completion;
        private @Nullable PartitionCounts counts;
        private long reportedOpen;
        private @Nullable RestoredBarrier restored;

        @Override
        public void init(ProcessorContext<byte[], byte[]> processorContext) {
            context = processorContext;
            traces = processorContext.getStateStore(store.name());
            long nowMs = processorContext.currentSystemTimeMs();
            traces.activate(nowMs);
            TopicPartition partition =
                    new TopicPartition(Topics.SPANS, processorContext.taskId().partition());
            counts = metrics.of(partition);
            restored = new RestoredBarrier(settled, partition, traces::applied);
            restored.ask(false);
            completion = new Completion(
                    traces,
                    traceIdle,
                    new TailSampler(sampling, metrics::sampled),
                    nowMs,
                    traces.countServices(nowMs),
                    metrics.services(),
                    this::forwardClosed);
            processorContext.schedule(CLOSE_EVERY, PunctuationType.WALL_CLOCK_TIME, this::close);
            processorContext.schedule(EVICT_EVERY, PunctuationType.WALL_CLOCK_TIME, this::evict);
            processorContext.schedule(TIDY_EVERY, PunctuationType.WALL_CLOCK_TIME, this::tidy);
        }

        private void close(long nowMs) {
            int times = completion().lateMs(nowMs) > CLOSE_LATE_MS ? 2 : 1;
            completion().run(nowMs, System.nanoTime() + times * CLOSE_FOR_NANOS);
            reportOpen(completion().open());
        }

        private void reportOpen(long open) {
            metrics.opened(open - reportedOpen);
            reportedOpen = open;
        }

        private void forwardClosed(TraceEvent event) {
            metrics.closed(event);
            context()
                    .forward(
                            new Record<>(
                                    event.traceId().toBytes(),
                                    event.value().toByteArray(),
                                    context().currentSystemTimeMs(),
                                    event.headers()),
                            Topics.TRACES);
        }

        private void evict(long nowMs) {
            int times = Math.min(MOST_TIMES_AS_LONG, 1 + traces().evictionLate(nowMs));
            traces().evict(nowMs, System.nanoTime() + times * EVICT_FOR_NANOS);
        }

        private void tidy(long nowMs) {
            if (restored != null) {
                restored.ask(traces().isAwaited());
            }
            traces().sealIndex(nowMs, System.nanoTime() + SEAL_FOR_NANOS);
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            long offset = context().recordMetadata().orElseThrow().offset();
            try {
                assemble(record, offset);
            } catch (IllegalArgumentException unreadable) {
                counts().unreadable(offset);
                context().forward(DeadLetter.of(record, unreadable), Topics.DEAD_LETTER);
            }
            completion().read(record.timestamp(), context().currentSystemTimeMs());
            traces().applied(offset, record.timestamp());
        }

        private void assemble(Record<byte[], byte[]> record, long offset) {
            TraceId traceId = DeadLetter.requireTraceId(record.key());
            if (record.value() == null) {
                throw new IllegalArgumentException("the value is missing");
            }
            int bucket = TraceStore.bucket(record.timestamp());
            long visibleFrom =
                    window.visibleFrom(TimeUnit.MILLISECONDS.toNanos(context().currentSystemTimeMs()));
            TraceHead head = traces().head(traceId);
            TraceHead.Root rootBefore = head == null ? null : head.root();
            TraceUpdate update = new TraceUpdate(traceId, offset);
            if (head != null && head.hasApplied(offset)) {
                applyAgain(traceId, head, bucket, offset, record.value(), update);
                return;
            }
            // One that had expired when this record was appended is over, whether or not eviction has come by: what
            // becomes of the record must not depend on that, or it could change when it is delivered again.
            long visibleThen = window.visibleFrom(TimeUnit.MILLISECONDS.toNanos(record.timestamp()));
            TraceHead over = head != null && head.isExpired(visibleThen) ? head : null;
            boolean isNew = head == null || over != null;
            if (head == null || isNew) {
                head = new TraceHead(bucket, offset);
            }
            int spans = 0;
            int added = 0;
            Further further = new Further(traceId, head, traces(), update);
            TermSet brought = new TermSet();
            SpanCursor span = SpanCursor.withTerms(record.value());
            while (span.next()) {
                requireTrace(traceId, span);
                spans++;
                brought.addAll(span);
                if (head.add(span, further)) {
                    added++;
                }
            }
            if (spans == 0) {
                throw new IllegalArgumentException("the value holds no span");
            }
            if (isNew && head.isExpired(visibleFrom)) {
                counts().expired(offset, spans);
                return;
            }
            if (over != null) {
                traces().expires(traceId, over); // eviction will not find it any more
            }
            boolean isLate = completion().active(traceId, isNew ? null : head, record.timestamp());
            head.at(bucket, offset, record.timestamp());
            if (head.needsRoot()) {
                findRoot(traceId, head, rootBefore, record.value());
            }
            boolean isDropped = traces().isDropped(traceId);
            if (isDropped) {
                update.dropped(!isNew);
            }
            boolean isListed = head.root() != null && (isNew || !isDropped);
            boolean isAll = isNew && !head.isReplaced();
            TermSet terms = (isAll || !isListed) ? brought : terms(traceId, head, rootBefore, brought, record.value());
            update.chunk(bucket, record.value());
            update.head(head, rootBefore, terms);
            traces().apply(update);
            counts().applied(offset, spans, added, isLate);
        }

        /** The root was replaced by something worse. There is no second look at a trace that does not fit into memory. */
        private void findRoot(TraceId traceId, TraceHead head, TraceHead.@Nullable Root rootBefore, byte[] value) {
            TraceValues before = traces().chunks().values(traceId, head, TraceValues.MAX_BYTES);
            if (before.isTooLarge()) {
                head.rootIs(rootBefore);
                return;
            }
            List<byte[]> values = new ArrayList<>(before.values());
            values.add(value);
            head.rootIs(BestRoot.of(values));
        }

        /** What a trace that is listed now can be searched by. Its line has what it could be found by before. */
        private TermSet terms(
                TraceId traceId, TraceHead head, TraceHead.@Nullable Root rootBefore, TermSet brought, byte[] value) {
            TermSet terms = (rootBefore == null || head.isReplaced())
                    ? null
                    : traces().terms(rootBefore.startTimeNanos(), traceId);
            if (terms == null || terms.isMissing()) {
                long maxBytes = head.isReplaced() ? Chunks.MAX_LOOK_OFTEN : Chunks.MAX_LOOK_ONCE;
                return traces().chunks().terms(traceId, head, value, maxBytes);
            }
            terms.addAll(brought);
            return terms;
        }

        /** The record was applied before a crash; what is derived from it may not have reached the changelog. */
        private void applyAgain(
                TraceId traceId, TraceHead head, int bucket, long offset, byte[] value, TraceUpdate update) {
            boolean isOwn = head.owns(offset); // and not of a trace that has expired since
            int spans = 0;
            Further further = new Further(traceId, head, traces(), update);
            SpanCursor span = new SpanCursor(value);
            while (span.next()) {
                requireTrace(traceId, span);
                spans++;
                if (isOwn && !head.holds(span)) {
                    byte flags = TraceHead.flags(span, head.hasClient(span, further));
                    further.put(span.spanIdHigh(), span.spanIdLow(), flags);
                }
            }
            if (isOwn) {
                update.chunk(bucket, value);
                update.headAgain(head);
                traces().apply(update);
            }
            counts().redelivered(offset, spans);
        }

        private ProcessorContext<byte[], byte[]> context() {
            if (context == null) {
                throw new IllegalStateException("not initialised");
            }
            return context;
        }

        private TraceStore traces() {
            if (traces == null) {
                throw new IllegalStateException("not initialised");
            }
            return traces;
        }

        private PartitionCounts counts() {
            if (counts == null) {
                throw new IllegalStateException("not initialised");
            }
            return counts;
        }

        private Completion completion() {
            if (completion == null) {
                throw new IllegalStateException("not initialised");
            }
            return completion;
        }

        @Override
        public void close() {
            reportOpen(0);
            if (traces != null) {
                traces.deactivate();
            }
        }
    }

    private static void requireTrace(TraceId traceId, SpanCursor span) {
        if (span.traceIdHigh() != traceId.high() || span.traceIdLow() != traceId.low()) {
            throw new IllegalArgumentException("a span of trace " + new TraceId(span.traceIdHigh(), span.traceIdLow())
                    + " in a record of trace " + traceId);
        }
    }

    /** Spans beyond the head: those of this record from memory, earlier ones from the store. */
    private static final class Further implements TraceHead.FurtherSpans {
        private final TraceId traceId;
        private final TraceHead head;
        private final TraceStore traces;
        private final TraceUpdate update;
        private final Map<SpanId, Byte> ofThisRecord = new HashMap<>(0);

        Further(TraceId traceId, TraceHead head, TraceStore traces, TraceUpdate update) {
            this.traceId = traceId;
            this.head = head;
            this.traces = traces;
            this.update = update;
        }

        @Override
        public int flags(long spanIdHigh, long spanIdLow) {
            Byte known = ofThisRecord.get(new SpanId(spanIdHigh, spanIdLow));
            return known != null ? known : traces.furtherFlags(traceId, head, spanIdHigh, spanIdLow);
        }

        @Override
        public void put(long spanIdHigh, long spanIdLow, byte flags) {
            ofThisRecord.put(new SpanId(spanIdHigh, spanIdLow), flags);
            update.further(spanIdHigh, spanIdLow, flags);
        }
    }
}
