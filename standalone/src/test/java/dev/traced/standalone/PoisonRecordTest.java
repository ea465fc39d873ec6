package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.topics.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Someone else writes garbage to our topics, as large as a producer may: it is set aside, and nobody else notices. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PoisonRecordTest {
    @TempDir
    Path data;

    @Test
    void garbageOfNearlyOneMebibyte_isADeadLetter_andTheRestGoesOn() throws Exception {
        int kafkaPort = TracedProcess.freePort();
        try (TracedProcess up =
                TracedProcess.up(data, "--kafka-port", Integer.toString(kafkaPort), "--partitions", "1")) {
            byte[] garbage = new byte[1_048_470];
            new Random(1).nextBytes(garbage); // does not compress
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + kafkaPort),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(Topics.SPANS, 0, new byte[16], garbage))
                        .get(10, TimeUnit.SECONDS);
                producer.send(new ProducerRecord<>(Topics.LOGS, 0, new byte[16], garbage))
                        .get(10, TimeUnit.SECONDS);
            }
            long now = WallClock.nowNanos();
            Answer<String> posted = up.client()
                    .post(("{\"spans\":[{\"trace_id\":\"00000000-0000-4000-8000-000000000001\",\"span_id\":"
                                    + "\"00000000-0000-4000-8000-000000000002\",\"service\":\"a\",\"operation\":\"b\","
                                    + "\"status\":\"ok\",\"start_time\":" + now + ",\"end_time\":" + now + "}]}")
                            .getBytes(StandardCharsets.UTF_8));
            assertThat(posted.isOk()).as(posted.problem()).isTrue();

            Awaitility.await().untilAsserted(() -> {
                assertThat(up.client().list(ListQuery.newest(10)).orThrow().total())
                        .isEqualTo(1);
                assertThat(up.metric("traced_records_dead_letter_total")).isEqualTo(2);
            });
            assertThat(up.output()).doesNotContain("died");
        }
    }
}
