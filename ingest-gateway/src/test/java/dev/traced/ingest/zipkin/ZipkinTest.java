package dev.traced.ingest.zipkin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.ingest.Gateway;
import dev.traced.model.SpanId;
import dev.traced.topics.OtlpView;
import dev.traced.topics.SpanDecoder;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import zipkin2.Endpoint;
import zipkin2.codec.SpanBytesEncoder;

/** {@code POST /api/v2/spans} on a real server, in front of Kafka's own mock of a producer. */
class ZipkinTest {
    private static final long NOW_US = TimeUnit.NANOSECONDS.toMicros(Gateway.nanos(Gateway.NOW));
    private static final String TRACE = "463ac35c9f6413ad48485a3953bb6124";

    private final Gateway gateway = Gateway.acknowledging();

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void everything_isKept_inJsonAndProto3_zippedOrNot() throws Exception {
        zipkin2.Span span = full().build();
        byte[] proto3 = SpanBytesEncoder.PROTO3.encodeList(List.of(span));
        byte[] json = SpanBytesEncoder.JSON_V2.encodeList(List.of(span));

        for (HttpResponse<String> answer : List.of(
                post("application/json", json, false),
                post("application/json", json, true),
                post("application/x-protobuf", proto3, false),
                post("application/x-protobuf", proto3, true),
                post("text/plain", json, false))) {
            assertThat(answer.statusCode()).isEqualTo(202);
            assertThat(answer.body()).isEmpty();
        }

        assertThat(gateway.kafka.history()).hasSize(5);
        byte[] first = gateway.kafka.history().get(0).value();
        assertThat(gateway.kafka.history())
                .allSatisfy(record -> assertThat(record.value()).isEqualTo(first));
        Span stored = only(first);
        assertThat(stored.getName()).isEqualTo("get /items");
        assertThat(stored.getKindValue()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT_VALUE);
        assertThat(stored.getStartTimeUnixNano()).isEqualTo(NOW_US * 1_000);
        assertThat(stored.getEndTimeUnixNano()).isEqualTo((NOW_US + 1_500) * 1_000);
        assertThat(stored.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        assertThat(stored.getStatus().getMessage()).isEqualTo("no route");
        assertThat(stored.getFlags()).as("debug is W3C's sampled").isEqualTo(1);
        assertThat(stored.getEvents(0).getName()).isEqualTo("ws");
        assertThat(stored.getEvents(0).getTimeUnixNano()).isEqualTo((NOW_US + 7) * 1_000);
        assertThat(SpanDecoder.decode(first).get(0).tags())
                .containsEntry("http.path", "/items")
                .containsEntry("error", "no route")
                .containsEntry("network.local.address", "10.0.0.1")
                .containsEntry("network.local.port", "8080")
                .containsEntry("network.peer.address", "2001:db8::c001")
                .containsEntry("peer.service", "catalog")
                .containsEntry("zipkin.debug", "true");
        assertThat(SpanDecoder.decode(first).get(0).service()).isEqualTo("shop");
    }

    @Test
    void endpointWithTwoAddresses_keepsBoth() throws Exception {
        Endpoint both =
                Endpoint.newBuilder().ip("10.0.0.1").ip("2001:db8::c001").build();
        zipkin2.Span span = full().localEndpoint(both).remoteEndpoint(both).build();

        post("application/json", SpanBytesEncoder.JSON_V2.encodeList(List.of(span)), false);

        assertThat(SpanDecoder.decode(gateway.kafka.history().get(0).value())
                        .get(0)
                        .tags())
                .containsEntry("network.local.address", "10.0.0.1")
                .containsEntry("zipkin.local.ipv6", "2001:db8::c001")
                .containsEntry("network.peer.address", "10.0.0.1")
                .containsEntry("zipkin.peer.ipv6", "2001:db8::c001");
    }

    @Test
    void halvesThatShareAnId_areTwoSpans_theServersBelowTheClients() throws Exception {
        zipkin2.Span client = full().clearTags().debug(false).build();
        zipkin2.Span server = zipkin2.Span.newBuilder()
                .traceId(TRACE)
                .parentId("1")
                .id(client.id())
                .kind(zipkin2.Span.Kind.SERVER)
                .shared(true)
                .timestamp(NOW_US + 10)
                .duration(100)
                .localEndpoint(Endpoint.newBuilder().serviceName("catalog").build())
                .build();

        post("application/json", SpanBytesEncoder.JSON_V2.encodeList(List.of(client, server, server)), false);

        List<Span> spans = OtlpView.of(List.of(gateway.kafka.history().get(0).value())).getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpans(0).getSpansList().stream())
                .toList();
        assertThat(spans).hasSize(2);
        assertThat(spans.get(1).getSpanId()).isNotEqualTo(spans.get(0).getSpanId());
        assertThat(spans.get(1).getParentSpanId()).isEqualTo(spans.get(0).getSpanId());
        assertThat(spans.get(1).getKindValue()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER_VALUE);
    }

    @Test
    void traceIdOf64Bits_isTheOneOf128WhoseHighHalfIsZero() throws Exception {
        zipkin2.Span narrow = full().traceId("48485a3953bb6124").build();
        zipkin2.Span wide =
                full().traceId("000000000000000048485a3953bb6124").id("77").build();

        post("application/json", SpanBytesEncoder.JSON_V2.encodeList(List.of(narrow, wide)), false);

        assertThat(gateway.kafka.history()).hasSize(1);
        assertThat(SpanDecoder.decode(gateway.kafka.history().get(0).value()))
                .extracting(span -> span.traceId().toString())
                .containsExactly("00000000-0000-0000-4848-5a3953bb6124", "00000000-0000-0000-4848-5a3953bb6124");
        assertThat(SpanDecoder.decode(gateway.kafka.history().get(0).value())
                        .get(1)
                        .spanId())
                .isEqualTo(new SpanId(0, 0x77));
    }

    @Test
    void spanWithoutATime_isOfNow() throws Exception {
        String json = "[{\"traceId\":\"" + TRACE + "\",\"id\":\"1\"}]";

        assertThat(post("application/json", json.getBytes(StandardCharsets.UTF_8), false)
                        .statusCode())
                .isEqualTo(202);

        assertThat(only(gateway.kafka.history().get(0).value()).getStartTimeUnixNano())
                .isEqualTo(Gateway.nanos(Gateway.NOW));
    }

    @Test
    void staleSpan_isDroppedAndCounted() throws Exception {
        zipkin2.Span old = full().timestamp(1).build();

        assertThat(post("application/json", SpanBytesEncoder.JSON_V2.encodeList(List.of(old)), false)
                        .statusCode())
                .isEqualTo(202);

        assertThat(gateway.kafka.history()).isEmpty();
        assertThat(gateway.counted("traced.spans.stale")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                      | Expected a JSON_V2 encoded list",
                "hello                                   | Expected a JSON_V2 encoded list",
                "[{\"traceId\":\"1\"}]                   | Missing : id",
                "[{\"traceId\":\"xyz\",\"id\":\"1\"}]    | should be lower-hex encoded with no prefix",
                "[{\"traceId\":\"00\",\"id\":\"1\"}]     | traceId is all zeros",
                "[{\"traceId\":\"1\",\"id\":\"1\"        | reading List<Span> from json",
            })
    void whatZipkinRefuses_isRefusedInItsWords(String body, String message) throws Exception {
        HttpResponse<String> answer = post("application/json", body.getBytes(StandardCharsets.UTF_8), false);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains(message);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(gateway.rejected("malformed")).isEqualTo(1);
    }

    @Test
    void nothing_isTaken() throws Exception {
        assertThat(post("application/json", new byte[0], false).statusCode()).isEqualTo(202);
        assertThat(post("application/json", "[]".getBytes(StandardCharsets.UTF_8), false)
                        .statusCode())
                .isEqualTo(202);
    }

    private static zipkin2.Span.Builder full() {
        return zipkin2.Span.newBuilder()
                .traceId(TRACE)
                .parentId("a2fb4a1d1a96d312")
                .id("ffffffffffffffff")
                .kind(zipkin2.Span.Kind.CLIENT)
                .name("GET /Items")
                .timestamp(NOW_US)
                .duration(1_500)
                .localEndpoint(Endpoint.newBuilder()
                        .serviceName("Shop")
                        .ip("10.0.0.1")
                        .port(8080)
                        .build())
                .remoteEndpoint(Endpoint.newBuilder()
                        .serviceName("catalog")
                        .ip("2001:db8::c001")
                        .build())
                .addAnnotation(NOW_US + 7, "ws")
                .putTag("http.path", "/items")
                .putTag("error", "no route")
                .debug(true);
    }

    private static Span only(byte[] value) {
        return OtlpView.of(List.of(value)).getResourceSpans(0).getScopeSpans(0).getSpans(0);
    }

    private HttpResponse<String> post(String type, byte[] body, boolean gzip) throws Exception {
        byte[] sent = body;
        HttpRequest.Builder request = gateway.request("/api/v2/spans").header("Content-Type", type);
        if (gzip) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
                out.write(body);
            }
            sent = bytes.toByteArray();
            request.header("Content-Encoding", "gzip");
        }
        return gateway.send(request.POST(HttpRequest.BodyPublishers.ofByteArray(sent)));
    }
}
