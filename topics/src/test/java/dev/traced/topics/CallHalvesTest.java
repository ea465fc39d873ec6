package dev.traced.topics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.traced.model.SpanId;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A call whose halves share id 7, sent by shop and catalog. */
class CallHalvesTest {
    private static final byte[] CLIENT = span("shop", "call", 7, 1, SpanKind.SPAN_KIND_CLIENT);
    private static final byte[] SERVER = span("catalog", "serve", 7, 1, SpanKind.SPAN_KIND_SERVER);
    private static final byte[] ROOT = span("shop", "root", 1, 0, SpanKind.SPAN_KIND_SERVER);
    private static final byte[] QUERY = span("catalog", "query", 8, 7, SpanKind.SPAN_KIND_CLIENT);
    private static final byte[] RESOLVE = span("shop", "resolve", 9, 7, SpanKind.SPAN_KIND_INTERNAL);
    private static final long DERIVED = new SpanId(0, 7).serverHalf().to64Bits();

    @Test
    void serversHalf_isBelowTheClients_andEachHasItsChildren() {
        for (List<byte[]> order :
                List.of(List.of(ROOT, CLIENT, SERVER, QUERY, RESOLVE), List.of(RESOLVE, QUERY, SERVER, CLIENT, ROOT))) {
            Map<String, Span> spans = shown(order);

            assertThat(spans).hasSize(5);
            assertThat(id(spans.get("call"))).isEqualTo(7);
            assertThat(parent(spans.get("call"))).isEqualTo(1);
            assertThat(id(spans.get("serve"))).isEqualTo(DERIVED);
            assertThat(parent(spans.get("serve"))).isEqualTo(7);
            assertThat(parent(spans.get("query"))).isEqualTo(DERIVED);
            assertThat(parent(spans.get("resolve"))).isEqualTo(7);
        }
    }

    @Test
    void halfThatIsAlone_isShownAsItIs() {
        Map<String, Span> served = shown(List.of(ROOT, SERVER, QUERY));
        assertThat(id(served.get("serve"))).isEqualTo(7);
        assertThat(parent(served.get("serve"))).isEqualTo(1);
        assertThat(parent(served.get("query"))).isEqualTo(7);

        Map<String, Span> called = shown(List.of(ROOT, CLIENT, RESOLVE));
        assertThat(parent(called.get("resolve"))).isEqualTo(7);
    }

    @Test
    void childrenOfACallToOneself_areTheServers() {
        byte[] own = span("shop", "serve", 7, 1, SpanKind.SPAN_KIND_SERVER);

        assertThat(parent(shown(List.of(CLIENT, own, RESOLVE)).get("resolve"))).isEqualTo(DERIVED);
    }

    @Test
    void halfThatIsSentTwice_isShownOnce() {
        assertThat(OtlpView.of(List.of(CLIENT, SERVER, SERVER, CLIENT)).getResourceSpansList())
                .flatMap(resource -> resource.getScopeSpans(0).getSpansList())
                .hasSize(2);
    }

    @Test
    void identity_tellsTheHalvesApart_theIdIsWhatWasSent() {
        List<dev.traced.model.Span> decoded = new ArrayList<>();
        SpanDecoder.decode(SERVER, (identity, span) -> {
            assertThat(identity.isServerHalf()).isTrue();
            decoded.add(span);
        });
        SpanDecoder.decode(CLIENT, (identity, span) -> assertThat(identity).isEqualTo(span.spanId()));
        assertThat(decoded.get(0).spanId()).isEqualTo(new SpanId(0, 7));
    }

    /** The list and the detail name the service alike. */
    @Test
    void serviceName_isTheFirst_asTextWhateverItsType() {
        KeyValue.Builder number = KeyValue.newBuilder()
                .setKey("service.name")
                .setValue(AnyValue.newBuilder().setIntValue(5));
        KeyValue.Builder text = KeyValue.newBuilder()
                .setKey("service.name")
                .setValue(AnyValue.newBuilder().setStringValue("shop"));
        for (List<KeyValue.Builder> names : List.of(List.of(number, text), List.of(text, number), List.of(number))) {
            Resource.Builder resource = Resource.newBuilder();
            names.forEach(resource::addAttributes);
            byte[] value = TracesData.newBuilder()
                    .addResourceSpans(ResourceSpans.newBuilder()
                            .setResource(resource)
                            .addScopeSpans(ScopeSpans.newBuilder()
                                    .addSpans(Span.newBuilder()
                                            .setTraceId(ByteString.copyFrom(new byte[16]))
                                            .setSpanId(bytes(1)))))
                    .build()
                    .toByteArray();
            SpanCursor cursor = new SpanCursor(value);
            assertThat(cursor.next()).isTrue();

            assertThat(cursor.service())
                    .isEqualTo(SpanDecoder.decode(value).get(0).service())
                    .isNotEmpty();
        }
    }

    @Test
    void markOfAHalf_isOurs_andNotShown() {
        Span marked = Span.newBuilder()
                .setTraceId(ByteString.copyFrom(new byte[16]))
                .setSpanId(bytes(7))
                .setKind(SpanKind.SPAN_KIND_CONSUMER)
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                SpanEncoder.SHARED_FIELD,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build();
        byte[] value = TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder().addSpans(marked)))
                .build()
                .toByteArray();
        SpanCursor cursor = new SpanCursor(value);
        assertThat(cursor.next()).isTrue();

        assertThat(new SpanId(cursor.spanIdHigh(), cursor.spanIdLow())).isEqualTo(new SpanId(0, 7).serverHalf());
        assertThat(OtlpView.of(List.of(value))
                        .getResourceSpans(0)
                        .getScopeSpans(0)
                        .getSpans(0))
                .isEqualTo(marked.toBuilder()
                        .setUnknownFields(UnknownFieldSet.getDefaultInstance())
                        .build());
    }

    private static Map<String, Span> shown(List<byte[]> values) {
        return OtlpView.of(values).getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .collect(Collectors.toMap(Span::getName, span -> span));
    }

    private static long id(Span span) {
        return span.getSpanId().asReadOnlyByteBuffer().getLong();
    }

    private static long parent(Span span) {
        return span.getParentSpanId().asReadOnlyByteBuffer().getLong();
    }

    private static byte[] span(String service, String name, long id, long parent, SpanKind kind) {
        Span.Builder span = Span.newBuilder()
                .setTraceId(ByteString.copyFrom(new byte[15]).concat(bytes(1).substring(7)))
                .setSpanId(bytes(id))
                .setName(name)
                .setKind(kind);
        Stream.of(parent).filter(p -> p != 0).forEach(p -> span.setParentSpanId(bytes(p)));
        return TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder()
                                .addAttributes(KeyValue.newBuilder()
                                        .setKey("service.name")
                                        .setValue(AnyValue.newBuilder().setStringValue(service))))
                        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                .build()
                .toByteArray();
    }

    private static ByteString bytes(long id) {
        return ByteString.copyFrom(ByteBuffer.allocate(Long.BYTES).putLong(0, id));
    }
}
