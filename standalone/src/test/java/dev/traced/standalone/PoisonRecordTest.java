package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.traced.model.TraceId;
import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.WireSpan;
import dev.traced.topics.Topics;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
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

    /** Four bytes, and what is shown of four that are not UTF-8. */
    private static final String PLACE = "\u00e9\u00e8";

    private static final String SHOWN = "\ufffd".repeat(4);
    private static final TraceId OF_BROKEN_TEXT = new TraceId(0, 2);
    private static final TraceId BROKEN = new TraceId(0, 3);

    @Test
    void garbageOfNearlyOneMebibyte_isADeadLetter_andTheRestGoesOn() throws Exception {
        int kafkaPort = TracedProcess.freePort();
        try (TracedProcess up =
                TracedProcess.up(data, "--kafka-port", Integer.toString(kafkaPort), "--partitions", "1")) {
            byte[] garbage = new byte[1_048_470];
            new Random(1).nextBytes(garbage); // does not compress
            try (KafkaProducer<byte[], byte[]> producer = producer(kafkaPort)) {
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

    @Test
    void spanWhoseTextIsNotUtf8_isShown_andOneThatCannotBeShown_isAnError() throws Exception {
        int kafkaPort = TracedProcess.freePort();
        try (TracedProcess up =
                TracedProcess.up(data, "--kafka-port", Integer.toString(kafkaPort), "--partitions", "1")) {
            Span.Builder span = span(BROKEN);
            span.setUnknownFields(UnknownFieldSet.newBuilder()
                    .addField(
                            Span.EVENTS_FIELD_NUMBER,
                            UnknownFieldSet.Field.newBuilder()
                                    .addLengthDelimited(
                                            ByteString.copyFrom(new byte[] {10, 127})) // a name of 127 bytes, of none
                                    .build())
                    .build());
            try (KafkaProducer<byte[], byte[]> producer = producer(kafkaPort)) {
                send(producer, OF_BROKEN_TEXT, notUtf8(value(span(OF_BROKEN_TEXT))));
                send(producer, BROKEN, value(span));
            }

            assertThat(up.client().list(ListQuery.newest(10)).orThrow().total()).isEqualTo(2);
            assertThat(up.client().get(OF_BROKEN_TEXT.toString()).orThrow())
                    .extracting(WireSpan::service, WireSpan::operation, WireSpan::tags)
                    .containsExactly(tuple("shop" + SHOWN, "GET " + SHOWN, Map.of(SHOWN, "a" + SHOWN + "b")));
            assertThat(up.client().get(BROKEN.toString()).problem())
                    .contains("500", "trace " + BROKEN + " cannot be shown, a record of it is broken: not OTLP");
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(int kafkaPort) {
        return new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "127.0.0.1:" + kafkaPort),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, TraceId trace, byte[] value) throws Exception {
        producer.send(new ProducerRecord<>(Topics.SPANS, 0, trace.toBytes(), value))
                .get(10, TimeUnit.SECONDS);
    }

    private static Span.Builder span(TraceId trace) {
        return Span.newBuilder()
                .setTraceId(ByteString.copyFrom(trace.toBytes()))
                .setSpanId(ByteString.copyFromUtf8("12345678"))
                .setName("GET " + PLACE)
                .setStartTimeUnixNano(WallClock.nowNanos())
                .setEndTimeUnixNano(WallClock.nowNanos())
                .addAttributes(text(PLACE, "a" + PLACE + "b"));
    }

    private static byte[] value(Span.Builder span) {
        return TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(text("service.name", "shop" + PLACE)))
                        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                .build()
                .toByteArray();
    }

    private static KeyValue text(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    /** With bytes that UTF-8 does not know in the place of each {@link #PLACE} in it. */
    private static byte[] notUtf8(byte[] value) {
        String place = new String(PLACE.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return new String(value, StandardCharsets.ISO_8859_1)
                .replace(place, "\u00ff".repeat(4))
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
