package dev.traced.ingest.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.topics.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SpanPublisherTest {
    private static final SpanPublisher.Limits LIMITS =
            new SpanPublisher.Limits(1 << 20, 1 << 20, Duration.ofSeconds(1));

    /** One broker cannot show the difference: what is said to it is all there is to hold on to. */
    @Test
    void producer_waitsForAllReplicas_andMayRepeatWithoutDoubling() {
        Map<String, Object> config =
                SpanPublisher.producerConfig(Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:9092"), LIMITS);

        ProducerConfig effective = new ProducerConfig(config);

        assertThat(effective.getString(ProducerConfig.ACKS_CONFIG)).isIn("all", "-1");
        assertThat(effective.getBoolean(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG))
                .isTrue();
        assertThat(effective.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)).isLessThanOrEqualTo(1_000);
    }

    /** What the hold-back of {@code traced up} is computed from. */
    @Test
    void lastOffsets_areThoseOfTheLastAcknowledgedRecords() throws Exception {
        MockProducer<byte[], byte[]> kafka = new MockProducer<>(
                true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
        try (SpanPublisher publisher = new SpanPublisher(kafka, LIMITS, new SimpleMeterRegistry())) {
            for (int i = 0; i < 3; i++) {
                publisher
                        .publish(List.of(new ProducerRecord<>(Topics.SPANS, "key".getBytes(UTF_8), new byte[10])))
                        .get();
            }

            assertThat(publisher.lastOffsets()).isEqualTo(Map.of(0, 2L));
        }
    }
}
