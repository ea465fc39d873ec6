package dev.traced.tracer.instrument.kafka;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.semconv.ErrorAttributes;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of one client. Names and attributes are those of OpenTelemetry's conventions for messaging, and for Kafka; keys
 * and values of records are none of them. Any thread may call it.
 */
final class RecordSpans {
    static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");
    static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");

    private static final String SCOPE = "dev.traced.tracer.instrument.kafka";

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final @Nullable String client;
    private final @Nullable String group;

    RecordSpans(OpenTelemetry telemetry, @Nullable String client, @Nullable String group) {
        this.tracer = telemetry.getTracer(SCOPE);
        this.propagator = telemetry.getPropagators().getTextMapPropagator();
        this.client = client;
        this.group = group;
    }

    /** Starts the span of a send below the current one; its context replaces what other the record's headers have. */
    Span send(ProducerRecord<?, ?> record) {
        Span span = start("send", record.topic(), SpanKind.PRODUCER).startSpan();
        propagator.inject(Context.current().with(span), record.headers(), (headers, name, value) -> {
            if (headers != null) {
                headers.remove(name).add(new SpanHeader(name, value, span));
            }
        });
        return span;
    }

    Context sentWith(ConsumerRecord<?, ?> record) {
        return propagator.extract(Context.root(), record.headers(), RecordHeaderGetter.INSTANCE);
    }

    /** The context of a new span below the send of the record. */
    Context process(ConsumerRecord<?, ?> record) {
        Context sent = sentWith(record);
        Span span = start("process", record.topic(), SpanKind.CONSUMER)
                .setParent(sent)
                .setAttribute(PARTITION, String.valueOf(record.partition()))
                .setAttribute(OFFSET, record.offset())
                .startSpan();
        return sent.with(span);
    }

    private SpanBuilder start(String operation, String topic, SpanKind kind) {
        SpanBuilder span = tracer.spanBuilder(operation + " " + topic)
                .setSpanKind(kind)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.destination.name", topic)
                .setAttribute("messaging.operation.name", operation)
                .setAttribute("messaging.operation.type", operation);
        if (client != null && !client.isEmpty()) {
            span.setAttribute("messaging.client.id", client);
        }
        if (group != null && kind == SpanKind.CONSUMER) { // programs give producers and consumers the same properties
            span.setAttribute("messaging.consumer.group.name", group);
        }
        return span;
    }

    static void fail(Span span, Throwable cause) {
        span.recordException(cause);
        span.setAttribute(ErrorAttributes.ERROR_TYPE, cause.getClass().getName());
        span.setStatus(StatusCode.ERROR, String.valueOf(cause.getMessage()));
    }
}
