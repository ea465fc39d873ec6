package dev.traced.tracer.instrument.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.tracer.Tracing;
import dev.traced.tracer.instrument.RecordedSpans;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** The interceptors as Kafka calls them; with a broker between them in the standalone's tests. */
class KafkaTracingTest {
    private static final TopicPartition ORDERS_0 = new TopicPartition("orders", 0);
    private static final TopicPartition ORDERS_7 = new TopicPartition("orders", 7);

    private final RecordedSpans spans = new RecordedSpans();
    private final TracingProducerInterceptor<String, String> producer = new TracingProducerInterceptor<>();
    private final TracingConsumerInterceptor<String, String> consumer = new TracingConsumerInterceptor<>();

    KafkaTracingTest() {
        producer.configure(
                Map.of(KafkaTracing.TRACING, spans.telemetry(), "client.id", "shop-1", "group.id", "billing"));
        consumer.configure(Map.of(KafkaTracing.TRACING, spans.telemetry(), "group.id", "billing"));
    }

    @Test
    void send_isASpanBelowTheCurrent_untilItIsAcknowledged() throws Exception {
        Span parent = spans.telemetry().getTracer("test").spanBuilder("parent").startSpan();
        ProducerRecord<String, String> record = new ProducerRecord<>("orders", 3, 99L, "key", "secret");
        record.headers().add("kept", "1".getBytes(UTF_8)).add("traceparent", "old".getBytes(UTF_8));

        ProducerRecord<String, String> sent = Context.root()
                .with(parent)
                .with(Baggage.builder().put("user", "7").build())
                .wrap(() -> producer.onSend(record))
                .call();
        assertThat(spans.soFar()).isEmpty();
        producer.onAcknowledgement(
                new RecordMetadata(new TopicPartition("orders", 3), 40, 2, 0, 0, 0), null, sent.headers());

        SpanData span = spans.only();
        assertThat(span.getName()).isEqualTo("send orders");
        assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(span.getParentSpanId()).isEqualTo(parent.getSpanContext().getSpanId());
        assertThat(attributes(span))
                .containsEntry("messaging.system", "kafka")
                .containsEntry("messaging.destination.name", "orders")
                .containsEntry("messaging.operation.type", "send")
                .containsEntry("messaging.client.id", "shop-1")
                .doesNotContainKey("messaging.consumer.group.name")
                .containsEntry("messaging.destination.partition.id", "3")
                .containsEntry("messaging.kafka.offset", 42L);
        assertThat(attributes(span).toString()).doesNotContain("secret");
        assertThat(sent.key()).isEqualTo("key");
        assertThat(sent.value()).isEqualTo("secret");
        assertThat(sent.partition()).isEqualTo(3);
        assertThat(sent.timestamp()).isEqualTo(99);
        assertThat(text(sent.headers()))
                .containsEntry("kept", "1")
                .containsEntry("baggage", "user=7")
                .hasEntrySatisfying("traceparent", value -> assertThat(value)
                        .startsWith("00-" + span.getTraceId() + "-" + span.getSpanId()));
        assertThat(text(record.headers())).as("the program's own").containsEntry("traceparent", "old");
    }

    @Test
    void recordThatIsSentTwice_isTwoSpans() {
        ProducerRecord<String, String> record = new ProducerRecord<>("orders", "value");

        ProducerRecord<String, String> first = producer.onSend(record);
        ProducerRecord<String, String> second = producer.onSend(record);
        producer.onAcknowledgement(null, null, second.headers());
        producer.onAcknowledgement(null, null, first.headers());

        assertThat(spans.ended(2)).extracting(SpanData::getSpanId).doesNotHaveDuplicates();
        assertThat(text(second.headers()).get("traceparent"))
                .contains(spans.ended(2).get(0).getSpanId());
    }

    /** By a producer of Kafka itself, which finds no broker. */
    @Test
    void sendThatFails_isAnError_andFailsAsWithout() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", "127.0.0.1:1");
        properties.put("max.block.ms", 50);
        properties.put(KafkaTracing.TRACING, spans.telemetry());
        properties.put("interceptor.classes", TracingProducerInterceptor.class.getName());
        try (KafkaProducer<String, String> kafka =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            assertThatThrownBy(() ->
                            kafka.send(new ProducerRecord<>("orders", "value")).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
        }

        assertThat(spans.only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attributes(spans.only()))
                .containsEntry("error.type", "org.apache.kafka.common.errors.TimeoutException");
        assertThat(spans.only().getEvents()).hasSize(1);
    }

    @Test
    void records_areSpansBelowTheirSends_whileTheLoopIsAtThem() {
        ConsumerRecord<String, String> one = sentRecord(ORDERS_7, 1);
        ConsumerRecord<String, String> two = sentRecord(ORDERS_7, 2);
        ConsumerRecord<String, String> three = record(ORDERS_0, 3);
        List<SpanContext> current = new ArrayList<>();
        List<ConsumerRecord<String, String>> seen = new ArrayList<>();

        ConsumerRecords<String, String> polled = polled(one, two, three);
        ConsumerRecords<String, String> traced = consumer.onConsume(polled);
        for (ConsumerRecord<String, String> record : traced) {
            seen.add(record);
            current.add(Span.current().getSpanContext());
        }

        assertThat(Span.current().getSpanContext().isValid()).isFalse();
        assertThat(seen).as("in the same order").containsExactly(one, two, three);
        assertThat(traced.count()).isEqualTo(3);
        assertThat(traced.partitions()).containsExactly(ORDERS_7, ORDERS_0);
        assertThat(traced.nextOffsets()).isEqualTo(polled.nextOffsets());
        List<SpanData> processed = processed();
        assertThat(processed).extracting(SpanData::getSpanId).isEqualTo(ids(current));
        assertThat(processed.get(0).getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(attributes(processed.get(0)))
                .containsEntry("messaging.operation.type", "process")
                .containsEntry("messaging.consumer.group.name", "billing")
                .containsEntry("messaging.destination.partition.id", "7")
                .containsEntry("messaging.kafka.offset", 1L);
        assertThat(text(one.headers()).get("traceparent"))
                .contains(processed.get(0).getTraceId() + "-" + processed.get(0).getParentSpanId());
        assertThat(processed.get(2).getParentSpanContext().isValid()).isFalse();
    }

    @Test
    void records_areSpans_byTopicAndByPartitionToo_butNotWhereTheyAreCopied() {
        ConsumerRecords<String, String> traced = consumer.onConsume(polled(record(ORDERS_0, 1), record(ORDERS_0, 2)));

        assertThat(new ArrayList<>(traced.records(ORDERS_0))).hasSize(2);
        assertThat(traced.records(ORDERS_0).toString()).contains("offset = 1");
        assertThat(traced.records(ORDERS_0).stream().toList()).hasSize(2);
        assertThat(StreamSupport.stream(traced.spliterator(), true).toList()).hasSize(2);
        assertThat(spans.soFar()).isEmpty();

        traced.records("orders").forEach(record -> {});
        assertThat(spans.soFar()).hasSize(2);
        for (ConsumerRecord<String, String> record : traced.records(ORDERS_0)) {
            assertThat(Span.current().getSpanContext().isValid()).isTrue();
        }
        assertThat(spans.soFar()).hasSize(4);
    }

    @Test
    void loopThatIsLeft_endsItsSpanWithTheNextPoll_orClose() {
        for (ConsumerRecord<String, String> record :
                consumer.onConsume(polled(record(ORDERS_0, 1), record(ORDERS_0, 2)))) {
            break;
        }
        assertThat(spans.soFar()).isEmpty();

        ConsumerRecords<String, String> next = consumer.onConsume(polled(record(ORDERS_0, 2)));
        assertThat(spans.soFar()).hasSize(1);
        next.iterator().next();
        consumer.close();

        assertThat(spans.soFar()).hasSize(2);
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    @Test
    void process_runsTheHandlerInTheSpan_andRecordsWhatItThrows() {
        ConsumerRecord<String, String> record = sentRecord(ORDERS_0, 1);
        List<SpanContext> current = new ArrayList<>();

        KafkaTracing.process(
                record, spans.telemetry(), each -> current.add(Span.current().getSpanContext()));
        assertThatThrownBy(() -> KafkaTracing.process(record, spans.telemetry(), each -> {
                    throw new IllegalStateException("poison");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("poison");

        List<SpanData> processed = processed();
        assertThat(processed.get(0).getSpanId()).isEqualTo(current.get(0).getSpanId());
        assertThat(processed.get(1).getStatus().getDescription()).isEqualTo("poison");
        assertThat(processed).extracting(SpanData::getName).containsOnly("process orders");
        assertThat(processed).allMatch(span -> span.getParentSpanContext().isRemote());
    }

    @Test
    void recordSentWithoutContext_beginsATrace_whateverItsThreadIsAt() {
        Span poll = spans.telemetry().getTracer("test").spanBuilder("poll").startSpan();

        Context.root()
                .with(poll)
                .wrap(() -> KafkaTracing.process(record(ORDERS_0, 1), spans.telemetry(), each -> {}))
                .run();

        assertThat(spans.only().getParentSpanContext().isValid()).isFalse();
    }

    @Test
    void ownInterceptors_stayInTheirOrder() {
        try (Tracing tracing = Tracing.builder("shop")
                .endpoint(URI.create("http://127.0.0.1:1"))
                .build()) {
            Properties names = new Properties();
            names.put("interceptor.classes", "a.First, a.Second");
            names.put("bootstrap.servers", "kafka:9092");

            assertThat(KafkaTracing.producer(names, tracing))
                    .containsEntry("bootstrap.servers", "kafka:9092")
                    .containsEntry(KafkaTracing.TRACING, tracing)
                    .containsEntry(
                            "interceptor.classes", List.of("a.First", "a.Second", TracingProducerInterceptor.class));
            assertThat(KafkaTracing.consumer(Map.of("interceptor.classes", List.of(String.class)), tracing))
                    .containsEntry("interceptor.classes", List.of(String.class, TracingConsumerInterceptor.class));
            assertThat(KafkaTracing.consumer(Map.of(), tracing))
                    .containsEntry("interceptor.classes", List.of(TracingConsumerInterceptor.class));
        }
    }

    @Test
    void interceptorWithoutTracing_saysSo() {
        assertThatThrownBy(() -> new TracingProducerInterceptor<>().configure(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("Invalid value null for configuration traced.tracing: must be the program's Tracing");
    }

    private List<SpanData> processed() {
        return spans.soFar().stream()
                .filter(span -> span.getKind() == SpanKind.CONSUMER)
                .toList();
    }

    private ConsumerRecord<String, String> sentRecord(TopicPartition partition, long offset) {
        Headers headers = producer.onSend(new ProducerRecord<>(partition.topic(), "value"))
                .headers();
        producer.onAcknowledgement(null, null, headers);
        ConsumerRecord<String, String> record = record(partition, offset);
        headers.forEach(header -> record.headers().add(header.key(), header.value()));
        return record;
    }

    private static ConsumerRecord<String, String> record(TopicPartition partition, long offset) {
        return new ConsumerRecord<>(partition.topic(), partition.partition(), offset, "key", "value");
    }

    @SafeVarargs
    private static ConsumerRecords<String, String> polled(ConsumerRecord<String, String>... records) {
        Map<TopicPartition, List<ConsumerRecord<String, String>>> polled = new LinkedHashMap<>();
        for (ConsumerRecord<String, String> record : records) {
            polled.computeIfAbsent(
                            new TopicPartition(record.topic(), record.partition()), partition -> new ArrayList<>())
                    .add(record);
        }
        return new ConsumerRecords<>(polled, Map.of(ORDERS_0, new OffsetAndMetadata(9)));
    }

    private static List<String> ids(List<SpanContext> spans) {
        return spans.stream().map(SpanContext::getSpanId).toList();
    }

    private static Map<String, String> text(Headers headers) {
        Map<String, String> text = new LinkedHashMap<>();
        for (Header header : headers) {
            assertThat(text.put(header.key(), new String(header.value(), UTF_8)))
                    .as("twice")
                    .isNull();
        }
        return text;
    }

    private static Map<String, Object> attributes(SpanData span) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value));
        return attributes;
    }
}
