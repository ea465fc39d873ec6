package dev.traced.tracer.instrument.kafka;

import io.opentelemetry.api.trace.Span;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A PRODUCER span, {@code send orders}, of each record from {@code send} to its acknowledgement, with the context in the headers
 * {@code traceparent}, {@code tracestate} and {@code baggage}. For {@code interceptor.classes}, see {@link KafkaTracing}.
 *
 * <p>A record is copied, not changed: its headers belong to the program, which may send it again. Any thread may send.
 */
public final class TracingProducerInterceptor<K, V> implements ProducerInterceptor<K, V> {
    private @Nullable RecordSpans spans;

    @Override
    public void configure(Map<String, ?> properties) {
        spans = KafkaTracing.spans(properties);
    }

    @Override
    public ProducerRecord<K, V> onSend(ProducerRecord<K, V> record) {
        ProducerRecord<K, V> sent = new ProducerRecord<>(
                record.topic(), record.partition(), record.timestamp(), record.key(), record.value(), record.headers());
        Span span = Objects.requireNonNull(spans, "configure").send(sent);
        if (SpanHeader.in(sent.headers()) == null) {
            span.end(); // no propagator wrote a header, so no acknowledgement will be known as this record's
        }
        return sent;
    }

    @Override
    public void onAcknowledgement(@Nullable RecordMetadata sent, @Nullable Exception failure, Headers headers) {
        Span span = SpanHeader.in(headers);
        if (span == null) {
            return;
        }
        if (failure != null) {
            RecordSpans.fail(span, failure);
        } else if (sent != null) {
            span.setAttribute(RecordSpans.PARTITION, String.valueOf(sent.partition()));
            span.setAttribute(RecordSpans.OFFSET, sent.offset());
        }
        span.end();
    }

    @Override
    public void close() {}
}
