package dev.traced.tracer.instrument.kafka;

import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A CONSUMER span, {@code process orders}, of each record, below its send, whose context is the current one while a program that
 * goes through what it polled is at that record. For {@code interceptor.classes}, see {@link KafkaTracing}.
 *
 * <pre>{@code
 * for (ConsumerRecord<String, String> record : consumer.poll(limit)) {
 *     handle(record); // in the span of this record
 * }
 * }</pre>
 *
 * <p>The span ends with the next record, or at the end of them. A loop that is left early ends it with the next records that this
 * thread polls, or when it closes the consumer; what a loop throws is not recorded. Who hands records to other threads, or wants
 * exceptions, calls {@link KafkaTracing#process} there, without this interceptor.
 */
public final class TracingConsumerInterceptor<K, V> implements ConsumerInterceptor<K, V> {
    private @Nullable RecordInProcess inProcess;

    @Override
    public void configure(Map<String, ?> properties) {
        inProcess = new RecordInProcess(KafkaTracing.spans(properties));
    }

    @Override
    public ConsumerRecords<K, V> onConsume(ConsumerRecords<K, V> records) {
        RecordInProcess record = Objects.requireNonNull(inProcess, "configure");
        record.end();
        return new TracedRecords<>(records, record);
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void close() {
        if (inProcess != null) {
            inProcess.end();
        }
    }
}
