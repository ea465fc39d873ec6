package dev.traced.assembler.trace;

import static dev.traced.assembler.TestSpans.at;
import static dev.traced.assembler.TestSpans.child;
import static dev.traced.assembler.TestSpans.cursor;
import static dev.traced.assembler.TestSpans.failed;
import static dev.traced.assembler.TestSpans.id;
import static dev.traced.assembler.TestSpans.named;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.startingAt;
import static dev.traced.assembler.TestSpans.trace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.traced.assembler.ExpectedTraces;
import dev.traced.assembler.TestSpans;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceSummary;
import dev.traced.topics.SpanCursor;
import dev.traced.topics.SpanEncoder;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceHeadTest {
    private final MapOfSpans further = new MapOfSpans();
    private TraceHead head = new TraceHead(7, 100);

    private boolean add(Span span) {
        return head.add(cursor(span), further);
    }

    private TraceSummary summary() {
        return head.summary(trace(1));
    }

    @Test
    void summary_isMissing_untilTheRootIsIn() {
        // When
        add(child(1, 2, 5));

        // Then
        assertThat(summary()).isNull();
        assertThat(head.needsRoot()).isFalse();
        add(root(1, 1, 0));
        assertThat(summary())
                .isEqualTo(new TraceSummary(trace(1), "service 1", "operation 1", at(0), at(10), 2, SpanStatus.OK));
    }

    @Test
    void duplicate_isCountedOnce_andTheLaterReplacesTheEarlier() {
        // Given
        add(failed(root(1, 1, 0)));

        // When
        boolean isNew = add(named(root(1, 1, 3), "other", "another"));

        // Then
        assertThat(isNew).isFalse();
        assertThat(summary())
                .isEqualTo(new TraceSummary(trace(1), "other", "another", at(3), at(13), 1, SpanStatus.OK));
    }

    /** Whether or not the server's half is marked as one, and in whatever order they come. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void halvesOfACall_areTwoSpans_andTheServersIsARootOnlyUntilTheClientsIsIn(boolean isMarked) {
        // Given: their clocks differ, and the server's half seems to be the earlier
        byte[] server = half("catalog", 5, SpanKind.SPAN_KIND_SERVER, isMarked);
        byte[] client = half("shop", 9, SpanKind.SPAN_KIND_CLIENT, false);

        // When
        add(server);
        add(server);

        // Then
        assertThat(summary().rootService()).isEqualTo("catalog");
        assertThat(summary().spanCount()).isEqualTo(1);
        add(client);
        head = TraceHead.decode(head.encode());
        add(server);
        assertThat(summary().rootService()).isEqualTo("shop");
        assertThat(summary().spanCount()).isEqualTo(2);
        assertThat(BestRoot.of(List.of(server, client, server)).service()).isEqualTo("shop");
    }

    @Test
    void serversHalf_isNoRoot_ifTheClientsCameFirst_amongManySpans() {
        // Given: the head is full
        for (int i = 10; i < 200; i++) {
            add(child(1, i, 5));
        }
        add(half("shop", 9, SpanKind.SPAN_KIND_CLIENT, false));

        // When
        add(half("catalog", 5, SpanKind.SPAN_KIND_SERVER, true));

        // Then
        assertThat(summary().rootService()).isEqualTo("shop");
        assertThat(summary().spanCount()).isEqualTo(192);
    }

    @Test
    void serversHalf_isARootNoMore_onceTheClientsCame_amongManySpans() {
        // Given: the head is full
        for (int i = 10; i < 200; i++) {
            add(child(1, i, 5));
        }
        add(half("catalog", 5, SpanKind.SPAN_KIND_SERVER, false));
        assertThat(summary().rootService()).isEqualTo("catalog");

        // When
        add(half("shop", 9, SpanKind.SPAN_KIND_CLIENT, false));

        // Then
        assertThat(summary().rootService()).isEqualTo("shop");
    }

    private void add(byte[] value) {
        SpanCursor span = new SpanCursor(value);
        assertThat(span.next()).isTrue();
        head.add(span, further);
    }

    private static byte[] half(String service, long start, SpanKind kind, boolean isShared) {
        var span = io.opentelemetry.proto.trace.v1.Span.newBuilder()
                .setTraceId(ByteString.copyFrom(trace(1).toBytes()))
                .setSpanId(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, 7}))
                .setKind(kind)
                .setStartTimeUnixNano(start);
        if (isShared) {
            span.setUnknownFields(UnknownFieldSet.newBuilder()
                    .addField(
                            SpanEncoder.SHARED_FIELD,
                            UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build());
        }
        var name = AnyValue.newBuilder().setStringValue(service);
        return TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder()
                                .addAttributes(KeyValue.newBuilder()
                                        .setKey("service.name")
                                        .setValue(name)))
                        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                .build()
                .toByteArray();
    }

    @Test
    void status_isErrorWhileAnySpanIs() {
        // Given
        add(root(1, 1, 0));
        add(failed(child(1, 2, 0)));
        add(failed(child(1, 3, 0)));

        // When
        add(child(1, 2, 0));

        // Then
        assertThat(summary().status()).isEqualTo(SpanStatus.ERROR);
        add(child(1, 3, 0));
        assertThat(summary().status()).isEqualTo(SpanStatus.OK);
    }

    @Test
    void root_isTheEarliest_thenTheOneOfTheSmallestId() {
        // When
        add(root(1, 5, 10));
        add(root(1, 6, 10));
        add(root(1, 4, 11));

        // Then
        assertThat(head.root().identity()).isEqualTo(id(5));
        add(root(1, 2, 10));
        assertThat(head.root().identity()).isEqualTo(id(2));
        add(root(1, 9, 9));
        assertThat(head.root().identity()).isEqualTo(id(9));
    }

    @Test
    void rootIds_areComparedUnsigned() {
        // Given
        Span large = new Span(trace(1), new SpanId(-1, 0), null, "", "", at(0), at(0), SpanStatus.OK, null);
        add(large);

        // When
        add(startingAt(root(1, 1, 0), at(0)));

        // Then
        assertThat(head.root().identity()).isEqualTo(id(1));
    }

    @Test
    void root_isUnknown_whenTheBestBecameWorse() {
        // Given
        add(root(1, 1, 0));
        add(root(1, 2, 5));

        // When
        add(root(1, 1, 9));

        // Then
        assertThat(head.needsRoot()).isTrue();
    }

    @Test
    void root_isUnknown_whenTheBestIsNoRootAnyMore() {
        // Given
        add(root(1, 1, 0));
        add(root(1, 2, 5));

        // When
        add(child(1, 1, 0));

        // Then
        assertThat(head.needsRoot()).isTrue();
        head.rootIs(new TraceHead.Root(id(2), at(5), at(15), "s", "o"));
        assertThat(head.needsRoot()).isFalse();
        assertThat(summary().startTimeNanos()).isEqualTo(at(5));
    }

    @Test
    void onlyRoot_maySlipLaterWithoutAQuestion() {
        // Given
        add(root(1, 1, 0));

        // When
        add(root(1, 1, 9));

        // Then
        assertThat(head.needsRoot()).isFalse();
        assertThat(head.root().startTimeNanos()).isEqualTo(at(9));
    }

    @Test
    void onlyRootReplacedByAChild_leavesATraceWithoutRoot() {
        // Given
        add(root(1, 1, 0));

        // When
        add(child(1, 1, 0));

        // Then
        assertThat(summary()).isNull();
        assertThat(head.needsRoot()).isFalse();
    }

    @Test
    void furtherSpans_areAskedForBeyondTheCap() {
        // Given
        for (int i = 0; i < TraceHead.INLINE_SPANS; i++) {
            add(child(1, 1 + i, 0));
        }
        assertThat(further.flags).isEmpty();

        // When
        add(failed(root(1, 500, 0)));

        // Then
        assertThat(further.flags).containsOnlyKeys(id(500));
        assertThat(head.holds(cursor(child(1, 500, 0)))).isFalse();
        assertThat(head.holds(cursor(child(1, TraceHead.INLINE_SPANS, 0)))).isTrue();
        assertThat(summary().spanCount()).isEqualTo(129);
        add(child(1, 500, 0));
        assertThat(summary()).isNull();
        add(root(1, 500, 0));
        assertThat(summary().status()).isEqualTo(SpanStatus.OK);
        assertThat(summary().spanCount()).isEqualTo(129);
    }

    @Test
    void visibility_endsWithTheRootsStart_exactly() {
        // When
        add(root(1, 1, 0));
        add(child(1, 2, 60_000));

        // Then
        assertThat(head.isVisible(at(0))).isTrue();
        assertThat(head.isVisible(at(0) + 1)).isFalse();
        assertThat(head.isExpired(at(60_000))).isFalse();
        assertThat(head.isExpired(at(60_000) + 1)).isTrue();
    }

    @Test
    void visibilityWithoutARoot_endsWithTheNewestStart_exactly() {
        // When
        add(child(1, 1, 0));
        add(child(1, 2, 60_000));

        // Then
        assertThat(head.isVisible(at(60_000))).isTrue();
        assertThat(head.isVisible(at(60_000) + 1)).isFalse();
    }

    @Test
    void offsets_tellWhatWasAppliedAndWhatIsOwned() {
        // Given
        assertThat(head.hasApplied(100)).isFalse();

        // When
        head.at(9, 120, 95_000);

        // Then
        assertThat(head.hasApplied(120)).isTrue();
        assertThat(head.hasApplied(121)).isFalse();
        assertThat(head.owns(100)).isTrue();
        assertThat(head.owns(99)).isFalse();
        assertThat(head.firstBucket()).isEqualTo(7);
        assertThat(head.lastBucket()).isEqualTo(9);
        head.leftBucket(7);
        assertThat(head.firstBucket()).isEqualTo(8);
        head.keptIn(3);
        assertThat(head.firstBucket()).isEqualTo(3);
    }

    @Test
    void encoded_isOfBoundedSize() {
        // When
        for (int i = 0; i < 1_000; i++) {
            add(child(1, i, 0));
        }
        String longest = "\uD83D\uDE00".repeat(256);
        add(named(root(1, 1_000, 0), longest, longest));

        // Then
        assertThat(head.encode().length).isLessThan(5_000);
    }

    @Test
    void headOfAnotherRelease_isRefused() {
        // Given
        byte[] bytes = head.encode();
        bytes[0] = 99;

        // Then
        assertThatThrownBy(() -> TraceHead.decode(bytes))
                .hasMessage("a head of version 99 was written by another release");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void head_equalsBruteForce_afterEachRecord(long seed) {
        // Given
        Random random = new Random(seed);
        int ids = List.of(3, 8, 150, 400).get(random.nextInt(4));
        ExpectedTraces expected = new ExpectedTraces();
        List<byte[]> values = new ArrayList<>();

        for (int record = 0; record < 150; record++) {
            // When
            List<Span> spans = new ArrayList<>();
            for (int i = 1 + random.nextInt(6); i > 0; i--) {
                Span span = random.nextInt(3) == 0 ? root(1, random.nextInt(ids), 0) : child(1, random.nextInt(ids), 0);
                span = startingAt(span, at(random.nextInt(4)));
                spans.add(random.nextInt(6) == 0 ? failed(span) : span);
            }
            int before = expected.detail(trace(1), Long.MIN_VALUE).size();
            long added = spans.stream().filter(this::add).count();
            values.add(TestSpans.value(spans));
            if (head.needsRoot()) {
                head.rootIs(BestRoot.of(values));
            }
            head.at(record / 10, 100 + record, 1_000L * record);
            expected.arrive(spans);

            // Then
            assertThat(summary()).isEqualTo(expected.summary(trace(1)).orElse(null));
            assertThat(added)
                    .isEqualTo(expected.detail(trace(1), Long.MIN_VALUE).size() - before);
            TraceHead decoded = TraceHead.decode(head.encode());
            assertThat(decoded)
                    .usingRecursiveComparison()
                    .ignoringFields("inline", "isReplaced", "terms.terms")
                    .isEqualTo(head);
            assertThat(decoded.encode()).isEqualTo(head.encode());
            head = random.nextBoolean() ? decoded : head;
        }
    }

    private static final class MapOfSpans implements TraceHead.FurtherSpans {
        private final Map<SpanId, Byte> flags = new HashMap<>();

        @Override
        public int flags(long spanIdHigh, long spanIdLow) {
            return flags.getOrDefault(new SpanId(spanIdHigh, spanIdLow), (byte) ABSENT);
        }

        @Override
        public void put(long spanIdHigh, long spanIdLow, byte value) {
            flags.put(new SpanId(spanIdHigh, spanIdLow), value);
        }
    }
}
