package dev.traced.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpanEncoderTest {
    private static final TraceId TRACE = new TraceId(0x0af7651916cd43ddL, 0x8448eb211c80319cL);

    private static Span span(int id, Map<String, String> tags) {
        return new Span(TRACE, new SpanId(1, id), null, "checkout", "pay", 5, 7, SpanStatus.OK, tags);
    }

    private static List<Span> decode(List<byte[]> values) {
        return values.stream()
                .flatMap(value -> SpanDecoder.decode(value).stream())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void spans_areDecodedAsTheyWere(long seed) {
        RandomSpans random = new RandomSpans(seed);
        for (int count = 1; count < 60; count++) {
            List<Span> spans = random.trace(count);

            assertThat(decode(SpanEncoder.encode(spans)))
                    .as("seed %d, %d spans", seed, count)
                    .isEqualTo(spans);
        }
    }

    @Test
    void tags_absentAndEmpty_stayDifferent() {
        List<Span> spans = List.of(span(1, null), span(2, Map.of()));

        assertThat(decode(SpanEncoder.encode(spans))).extracting(Span::tags).containsExactly(null, Map.of());
    }

    @Test
    void tags_keepTheirOrder() {
        Map<String, String> tags = new java.util.LinkedHashMap<>();
        for (String key : "z y a b 10 9".split(" ")) {
            tags.put(key, key);
        }

        assertThat(decode(SpanEncoder.encode(List.of(span(1, tags))))
                        .get(0)
                        .tags()
                        .keySet())
                .containsExactly("z", "y", "a", "b", "10", "9");
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7, 8})
    void bytes_areOtlp_andTheSameAgain(long seed) throws InvalidProtocolBufferException {
        List<Span> spans = new RandomSpans(seed).trace(80);

        for (byte[] value : SpanEncoder.encode(
                spans.stream().filter(SpanEncoderTest::hasTimes).toList())) {
            assertThat(Arrays.equals(TracesData.parseFrom(value).toByteArray(), value))
                    .as("seed %d", seed)
                    .isTrue();
        }
    }

    /** A time of 0 is written although OTLP's own writers leave it out: the same message, not the same bytes. */
    private static boolean hasTimes(Span span) {
        return span.startTimeNanos() != 0 && span.endTimeNanos() != 0;
    }

    @Test
    void bytes_sayToOtlpWhatTheSpanSays() throws InvalidProtocolBufferException {
        Span span = new Span(
                TRACE, new SpanId(1, 2), new SpanId(3, 4), "checkout", "pay", 5, 7, SpanStatus.ERROR, Map.of("k", "v"));

        TracesData data = TracesData.parseFrom(SpanEncoder.encode(List.of(span)).get(0));

        ResourceSpans resource = data.getResourceSpans(0);
        assertThat(resource.getResource().getAttributes(0).getKey()).isEqualTo("service.name");
        assertThat(resource.getResource().getAttributes(0).getValue().getStringValue())
                .isEqualTo("checkout");
        io.opentelemetry.proto.trace.v1.Span otlp = resource.getScopeSpans(0).getSpans(0);
        assertThat(otlp.getTraceId()).isEqualTo(ByteString.copyFrom(TRACE.toBytes()));
        assertThat(otlp.getSpanId()).isEqualTo(ByteString.copyFrom(new SpanId(1, 2).toBytes()));
        assertThat(otlp.getParentSpanId()).isEqualTo(ByteString.copyFrom(new SpanId(3, 4).toBytes()));
        assertThat(otlp.getName()).isEqualTo("pay");
        assertThat(otlp.getStartTimeUnixNano()).isEqualTo(5);
        assertThat(otlp.getEndTimeUnixNano()).isEqualTo(7);
        assertThat(otlp.getStatus().getCodeValue()).isEqualTo(2);
        assertThat(otlp.getAttributes(0).getKey()).isEqualTo("k");
        assertThat(otlp.getAttributes(0).getValue().getStringValue()).isEqualTo("v");
    }

    @Test
    void services_thatAlternate_keepTheOrder() throws InvalidProtocolBufferException {
        List<Span> spans = new ArrayList<>();
        for (String service : "a a b a".split(" ")) {
            spans.add(new Span(TRACE, new SpanId(1, spans.size()), null, service, "", 0, 0, SpanStatus.OK, null));
        }

        List<byte[]> values = SpanEncoder.encode(spans);

        assertThat(decode(values)).isEqualTo(spans);
        assertThat(TracesData.parseFrom(values.get(0)).getResourceSpansList())
                .extracting(resource -> resource.getScopeSpans(0).getSpansCount())
                .containsExactly(2, 1, 1);
    }

    @Test
    void spans_beyondARecord_areSplitInOrder() {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            spans.add(span(i, Map.of("k", "x".repeat(i * 7))));
        }

        List<byte[]> values = SpanEncoder.encode(spans);

        assertThat(values).hasSizeBetween(7, 9).allMatch(value -> value.length <= SpanEncoder.MAX_BYTES);
        assertThat(decode(values)).isEqualTo(spans);
    }

    @Test
    void span_ofExactlyARecord_fits() {
        int overhead = SpanEncoder.encode(List.of(span(1, Map.of("k", "x".repeat(500_000)))))
                        .get(0)
                        .length
                - 500_000;
        int most = SpanEncoder.MAX_BYTES - overhead;
        Span largest = span(1, Map.of("k", "x".repeat(most)));
        Span tooLarge = span(2, Map.of("k", "x".repeat(most + 1)));

        assertThat(SpanEncoder.encode(List.of(largest)).get(0)).hasSize(SpanEncoder.MAX_BYTES);
        assertThat(SpanEncoder.encode(List.of(span(0, null), largest, span(3, null))))
                .hasSize(3);
        assertThatThrownBy(() -> SpanEncoder.encode(List.of(largest, tooLarge)))
                .isInstanceOfSatisfying(
                        SpanTooLargeException.class, e -> assertThat(e.span()).isSameAs(tooLarge))
                .hasMessage("span_id 00000000-0000-0001-0000-000000000002 takes 524289 bytes; the limit is 524288");
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 10, 11})
    void cursor_seesWhatTheDecoderSees(long seed) {
        for (byte[] value : SpanEncoder.encode(new RandomSpans(seed).trace(100))) {
            assertCursorAgrees(value);
        }
    }

    /** What another writer may put on the topic: ids of 8 bytes, several scopes, fields we do not know. */
    @Test
    void cursor_seesWhatTheDecoderSees_ofOtherWriters() {
        var small = io.opentelemetry.proto.trace.v1.Span.newBuilder()
                .setTraceId(ByteString.copyFrom(TRACE.toBytes()))
                .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}))
                .setTraceState("a=b")
                .setFlags(1)
                .setName("op");
        ScopeSpans scope = ScopeSpans.newBuilder()
                .addSpans(small)
                .addSpans(small.clone().setKindValue(3))
                .build();
        TracesData data = TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder())
                .addResourceSpans(
                        ResourceSpans.newBuilder().addScopeSpans(scope).addScopeSpans(scope))
                .build();

        assertCursorAgrees(data.toByteArray());
        assertThat(SpanDecoder.decode(data.toByteArray()))
                .hasSize(4)
                .extracting(span -> span.spanId().toString())
                .containsOnly("00000000-0000-0000-0102-030405060708");
    }

    private static void assertCursorAgrees(byte[] value) {
        SpanCursor cursor = new SpanCursor(value);
        for (Span span : SpanDecoder.decode(value)) {
            assertThat(cursor.next()).isTrue();
            assertThat(new TraceId(cursor.traceIdHigh(), cursor.traceIdLow())).isEqualTo(span.traceId());
            assertThat(new SpanId(cursor.spanIdHigh(), cursor.spanIdLow())).isEqualTo(span.spanId());
            assertThat(cursor.isRoot()).isEqualTo(span.isRoot());
            assertThat(cursor.service()).isEqualTo(span.service());
            assertThat(cursor.operation()).isEqualTo(span.operation());
            assertThat(cursor.startTimeNanos()).isEqualTo(span.startTimeNanos());
            assertThat(cursor.endTimeNanos()).isEqualTo(span.endTimeNanos());
            assertThat(cursor.isError()).isEqualTo(span.status() == SpanStatus.ERROR);
        }
        assertThat(cursor.next()).isFalse();
    }

    @Test
    void garbage_isRefusedByBothReaders() {
        byte[] value = SpanEncoder.encode(new RandomSpans(12).trace(5)).get(0);
        byte[] cut = Arrays.copyOf(value, value.length - 3);

        assertThatThrownBy(() -> SpanDecoder.decode(cut))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not OTLP TracesData: ");
        SpanCursor cursor = new SpanCursor(cut);
        assertThatThrownBy(() -> {
                    while (cursor.next()) {}
                })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not OTLP TracesData: ");
    }
}
