package dev.traced.tracer.instrument.kafka;

import dev.traced.tracer.Tracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Producers and consumers of kafka-clients 4.1 or newer, whose sends and records are spans:
 *
 * <pre>{@code
 * new KafkaProducer<>(KafkaTracing.producer(properties, tracing))
 * new KafkaConsumer<>(KafkaTracing.consumer(properties, tracing))
 * }</pre>
 *
 * <p>A program that cannot be touched there has the interceptors in its own properties, by class name: {@link
 * TracingProducerInterceptor}, {@link TracingConsumerInterceptor}, and its {@link Tracing} under {@link #TRACING}.
 */
public final class KafkaTracing {
    /** The property that has the {@link Tracing}, or an {@link OpenTelemetry}: the object itself. */
    public static final String TRACING = "traced.tracing";

    private static final String INTERCEPTORS = "interceptor.classes";

    private KafkaTracing() {}

    /** A producer's properties with the interceptor, behind those that are there: it sees the record that is sent. */
    public static Map<String, Object> producer(Map<?, ?> properties, Tracing tracing) {
        return with(TracingProducerInterceptor.class, properties, tracing);
    }

    /** A consumer's properties with the interceptor, behind those that are there: the program gets what it makes. */
    public static Map<String, Object> consumer(Map<?, ?> properties, Tracing tracing) {
        return with(TracingConsumerInterceptor.class, properties, tracing);
    }

    private static Map<String, Object> with(Class<?> interceptor, Map<?, ?> properties, Tracing tracing) {
        Map<String, Object> with = new HashMap<>();
        properties.forEach((name, value) -> with.put((String) name, value));
        List<Object> interceptors = new ArrayList<>();
        Object before = with.get(INTERCEPTORS);
        if (before instanceof List<?> list) {
            interceptors.addAll(list);
        } else if (before instanceof String names && !names.isBlank()) {
            interceptors.addAll(List.of(names.strip().split("\\s*,\\s*")));
        }
        interceptors.add(interceptor);
        with.put(INTERCEPTORS, interceptors);
        with.put(TRACING, tracing);
        return with;
    }

    /**
     * Runs a handler in a CONSUMER span below the send of its record. For consumers without the interceptor, and records that
     * another thread than the polling one processes.
     *
     * @throws RuntimeException what the handler throws; the span is an error with it
     */
    public static <K, V> void process(
            ConsumerRecord<K, V> record, Tracing tracing, Consumer<? super ConsumerRecord<K, V>> handler) {
        process(record, tracing.openTelemetry(), handler);
    }

    static <K, V> void process(
            ConsumerRecord<K, V> record, OpenTelemetry telemetry, Consumer<? super ConsumerRecord<K, V>> handler) {
        Context context = new RecordSpans(telemetry, null, null).process(record);
        try {
            context.wrap(() -> handler.accept(record)).run();
        } catch (Throwable e) {
            RecordSpans.fail(Span.fromContext(context), e);
            throw e;
        } finally {
            Span.fromContext(context).end();
        }
    }

    /** The context that a record was sent with; the root context if it was sent without one. */
    public static Context context(ConsumerRecord<?, ?> record, Tracing tracing) {
        return new RecordSpans(tracing.openTelemetry(), null, null).sentWith(record);
    }

    /** What an interceptor is configured with. */
    static RecordSpans spans(Map<String, ?> properties) {
        Object tracing = properties.get(TRACING);
        OpenTelemetry telemetry;
        if (tracing instanceof Tracing ours) {
            telemetry = ours.openTelemetry();
        } else if (tracing instanceof OpenTelemetry theirs) {
            telemetry = theirs;
        } else {
            throw new ConfigException(TRACING, tracing, "must be the program's Tracing");
        }
        return new RecordSpans(telemetry, text(properties.get("client.id")), text(properties.get("group.id")));
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
