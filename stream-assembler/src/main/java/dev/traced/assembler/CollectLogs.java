package dev.traced.assembler;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.traced.assembler.store.TraceStore;
import dev.traced.assembler.store.TraceStoreBuilder;
import dev.traced.model.TraceId;
import dev.traced.topics.Topics;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.time.Duration;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Step {@code collect-logs}: keeps the logs of a trace beside it, whether or not the trace has come. They are in the same
 * store, so that one owner has both, and leave with the ten seconds they arrived in.
 */
final class CollectLogs implements ProcessorSupplier<byte[], byte[], byte[], byte[]> {
    private static final Duration ASK_EVERY = Duration.ofMillis(500);

    private final TraceStoreBuilder store;
    private final SettledOffsets settled;
    private final AssemblerMetrics metrics;

    CollectLogs(TraceStoreBuilder store, SettledOffsets settled, AssemblerMetrics metrics) {
        this.store = store;
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
        private @Nullable PartitionCounts counts;

        @Override
        public void init(ProcessorContext<byte[], byte[]> processorContext) {
            context = processorContext;
            TraceStore opened = processorContext.getStateStore(store.name());
            traces = opened;
            TopicPartition partition =
                    new TopicPartition(Topics.LOGS, processorContext.taskId().partition());
            counts = metrics.of(partition);
            RestoredBarrier restored = new RestoredBarrier(settled, partition, opened::appliedLogs);
            restored.ask(false);
            processorContext.schedule(
                    ASK_EVERY, PunctuationType.WALL_CLOCK_TIME, now -> restored.ask(opened.areLogsAwaited()));
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            if (context == null || traces == null || counts == null) {
                throw new IllegalStateException("not initialised");
            }
            long offset = context.recordMetadata().orElseThrow().offset();
            try {
                TraceId traceId = DeadLetter.requireTraceId(record.key());
                int logs = count(record.value());
                traces.applyLogs(traceId, TraceStore.bucket(record.timestamp()), offset, record.value());
                counts.logs(offset, logs);
            } catch (IllegalArgumentException unreadable) {
                counts.unreadable(offset);
                context.forward(DeadLetter.of(record, unreadable), Topics.DEAD_LETTER);
            }
            traces.appliedLogs(offset);
        }
    }

    /** How many log records there are in a value; one that cannot be read now could not be read later. */
    private static int count(byte @Nullable [] value) {
        if (value == null) {
            throw new IllegalArgumentException("the value is missing");
        }
        try {
            int logs = 0;
            for (ResourceLogs resource : LogsData.parseFrom(value).getResourceLogsList()) {
                for (ScopeLogs scope : resource.getScopeLogsList()) {
                    logs += scope.getLogRecordsCount();
                }
            }
            return logs;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not OTLP LogsData: " + e.getMessage(), e);
        }
    }
}
