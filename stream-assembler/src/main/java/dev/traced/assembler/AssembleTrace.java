package dev.traced.assembler;

import dev.traced.assembler.store.TraceStore;
import dev.traced.assembler.store.TraceStoreBuilder;
import dev.traced.assembler.store.TraceUpdate;
import dev.traced.assembler.trace.BestRoot;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.RollingWindow;
import dev.traced.model.SpanId;
import dev.traced.model.TraceId;
import dev.traced.topics.SpanCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code assemble-trace}: puts the spans of a record into their trace. Whatever cannot be read is forwarded as it is,
 * to the dead letters; it still moves the read barrier, or one bad record would block every query.
 */
final class AssembleTrace implements ProcessorSupplier<byte[], byte[], byte[], byte[]> {
    private static final Logger LOGGER = LoggerFactory.getLogger(AssembleTrace.class);

    /** How often expired traces are looked for, and how long a look may keep records waiting. */
    private static final Duration EVICT_EVERY = Duration.ofMillis(500);

    private static final long EVICT_FOR_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    private final TraceStoreBuilder store;
    private final RollingWindow window;
    private final SettledOffsets settled;
    private final AssemblerMetrics metrics;

    AssembleTrace(TraceStoreBuilder store, RollingWindow window, SettledOffsets settled, AssemblerMetrics metrics) {
        this.store = store;
        this.window = window;
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
        private boolean askSettled = true;

        @Override
        public void init(ProcessorContext<byte[], byte[]> processorContext) {
            context = processorContext;
            traces = processorContext.getStateStore(store.name());
            traces.activate();
            processorContext.schedule(EVICT_EVERY, PunctuationType.WALL_CLOCK_TIME, this::punctuate);
            askSettled();
        }

        private void punctuate(long nowMs) {
            if (askSettled && traces().applied() < 0) {
                askSettled();
            }
            traces().evict(nowMs, System.nanoTime() + EVICT_FOR_NANOS);
        }

        /** Asynchronous: a stream thread must not wait for a broker here. Asked again until answered. */
        private void askSettled() {
            askSettled = false;
            int partition = context().taskId().partition();
            settled.lastSettled(partition).whenComplete((offset, failure) -> {
                if (failure == null) {
                    traces().applied(offset);
                } else {
                    LOGGER.atWarn()
                            .addKeyValue("partition", partition)
                            .addKeyValue("cause", failure.toString())
                            .log("the committed offset could not be read; asking again");
                    askSettled = true;
                }
            });
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            long offset = context().recordMetadata().orElseThrow().offset();
            try {
                assemble(record, offset);
            } catch (IllegalArgumentException unreadable) {
                metrics.unreadable();
                record.headers()
                        .add("error", String.valueOf(unreadable.getMessage()).getBytes(StandardCharsets.UTF_8));
                context().forward(record);
            }
            traces().applied(offset);
        }

        private void assemble(Record<byte[], byte[]> record, long offset) {
            TraceId traceId = traceId(record.key());
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
            boolean isNew = head == null || head.isExpired(visibleThen);
            if (head == null || isNew) {
                head = new TraceHead(bucket, offset);
            }
            int spans = 0;
            int added = 0;
            Further further = new Further(traceId, head, traces(), update);
            SpanCursor span = new SpanCursor(record.value());
            while (span.next()) {
                requireTrace(traceId, span);
                spans++;
                if (head.add(span, further)) {
                    added++;
                }
            }
            if (spans == 0) {
                throw new IllegalArgumentException("the value holds no span");
            }
            if (isNew && head.isExpired(visibleFrom)) {
                metrics.expired(spans);
                return;
            }
            head.at(bucket, offset);
            if (head.needsRoot()) {
                List<byte[]> values = traces().chunks(traceId, head);
                values.add(record.value());
                head.rootIs(BestRoot.of(values));
            }
            update.chunk(bucket, record.value());
            update.head(head, rootBefore);
            traces().apply(update);
            metrics.stored(added);
            metrics.duplicate(spans - added);
        }

        /** The record was applied before a crash; what is derived from it may not have reached the changelog. */
        private void applyAgain(
                TraceId traceId, TraceHead head, int bucket, long offset, byte[] value, TraceUpdate update) {
            if (!head.owns(offset)) {
                return; // of a trace that has expired since
            }
            SpanCursor span = new SpanCursor(value);
            while (span.next()) {
                requireTrace(traceId, span);
                if (!head.holds(span)) {
                    update.further(span.spanIdHigh(), span.spanIdLow(), TraceHead.flags(span));
                }
            }
            update.chunk(bucket, value);
            update.headAgain(head);
            traces().apply(update);
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

        @Override
        public void close() {
            if (traces != null) {
                traces.deactivate();
            }
        }
    }

    private static TraceId traceId(byte @Nullable [] key) {
        if (key == null || key.length != TraceId.BYTES) {
            throw new IllegalArgumentException(
                    "the key must be a trace id of 16 bytes, " + (key == null ? "is missing" : "has " + key.length));
        }
        return TraceId.from(ByteBuffer.wrap(key));
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
