package dev.traced.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.rpc.Status;
import dev.traced.ingest.Gateway;
import dev.traced.otlp.OtlpJsonReader;
import dev.traced.otlp.OtlpJsonWriter;
import dev.traced.testing.otlp.RandomOtlp;
import dev.traced.topics.OtlpView;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code POST /v1/traces} on a real server, in front of Kafka's own mock of a producer. */
class OtlpTracesTest {
    private static final String PROTOBUF = "application/x-protobuf";
    private static final String JSON = "application/json";
    private static final long NOW = Gateway.nanos(Gateway.NOW);
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Gateway gateway = Gateway.acknowledging();
    private final long seed = Long.getLong("traced.seed", System.nanoTime());

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void everyField_survives_throughBothEncodings() throws Exception {
        System.out.println("seed " + seed);
        RandomOtlp random = new RandomOtlp(seed, NOW);
        List<ByteString> traces = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            traces.add(random.id(16));
        }
        Map<ByteString, String> sent = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            ExportTraceServiceRequest request = ExportTraceServiceRequest.newBuilder()
                    .addAllResourceSpans(random.request(100, traces))
                    .build();
            collect(request.getResourceSpansList(), sent);

            HttpResponse<byte[]> answer = i % 2 == 0
                    ? post(PROTOBUF, i % 4 == 0 ? request.toByteArray() : gzip(request.toByteArray()), i % 4 != 0)
                    : post(JSON, json(request), false);

            assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
            assertThat(text(answer)).isEqualTo(i % 2 == 0 ? "" : "{}");
        }

        Map<ByteString, List<byte[]>> stored = new LinkedHashMap<>();
        for (ProducerRecord<byte[], byte[]> record : gateway.kafka.history()) {
            stored.computeIfAbsent(ByteString.copyFrom(record.key()), key -> new ArrayList<>())
                    .add(record.value());
        }
        Map<ByteString, String> read = new HashMap<>();
        for (List<byte[]> values : stored.values()) {
            TracesData whole = OtlpView.of(values);
            collect(whole.getResourceSpansList(), read);
            // and once more through the JSON it is answered in
            TracesData.Builder again = TracesData.newBuilder();
            OtlpJsonReader.read(FACTORY.createParser(json(whole)), again);
            assertThat(again.build().toString()).isEqualTo(whole.toString());
        }
        assertThat(read).hasSize(10_000).isEqualTo(sent);
        assertThat(gateway.counted("traced.spans.accepted")).isEqualTo(10_000);
    }

    /** Each span with all that it came with, as text: NaN equals itself there, and -0.0 differs from 0. */
    private static void collect(List<ResourceSpans> resourceSpans, Map<ByteString, String> into) {
        for (ResourceSpans ofResource : resourceSpans) {
            for (ScopeSpans ofScope : ofResource.getScopeSpansList()) {
                for (Span span : ofScope.getSpansList()) {
                    into.put(
                            span.getSpanId(),
                            ofResource.toBuilder().clearScopeSpans().build() + "---"
                                    + ofScope.toBuilder().clearSpans().build() + "---" + span);
                }
            }
        }
    }

    @Test
    void invalidSpans_areLeftOutOneByOne_countedAndExplained() throws Exception {
        Span good = span("good").build();
        ExportTraceServiceRequest request = request(
                good,
                span("no trace").setTraceId(ByteString.copyFrom(new byte[16])).build(),
                span("short trace").setTraceId(id(8)).build(),
                span("no id").setSpanId(ByteString.copyFrom(new byte[8])).build(),
                span("long id").setSpanId(id(16)).build(),
                span("odd parent").setParentSpanId(id(3)).build(),
                span("beyond").setStartTimeUnixNano(-1).build(),
                span("old").setStartTimeUnixNano(1).build());

        HttpResponse<byte[]> answer = post(PROTOBUF, request.toByteArray(), false);

        assertThat(answer.statusCode()).isEqualTo(200);
        ExportTraceServiceResponse response = ExportTraceServiceResponse.parseFrom(answer.body());
        assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(7);
        assertThat(response.getPartialSuccess().getErrorMessage())
                .contains("2 spans, the first: resourceSpans[0].scopeSpans[0].spans[1].traceId must be 16 bytes")
                .contains("was 16 bytes, all zero")
                .contains("2 spans, the first: resourceSpans[0].scopeSpans[0].spans[3].spanId must be 8 bytes")
                .contains("1 span: resourceSpans[0].scopeSpans[0].spans[5].parentSpanId must be 8 bytes or none")
                .contains("1 span: resourceSpans[0].scopeSpans[0].spans[6].startTimeUnixNano")
                .contains("18446744073709551615")
                .contains("1 began before the window");
        assertThat(gateway.kafka.history()).hasSize(1);
        TracesData stored = TracesData.parseFrom(gateway.kafka.history().get(0).value());
        assertThat(stored.getResourceSpans(0).getScopeSpans(0).getSpansList()).containsExactly(good);
        assertThat(gateway.counted("traced.spans.accepted")).isEqualTo(2);
        assertThat(gateway.counted("traced.spans.stale")).isEqualTo(1);
        assertThat(gateway.metrics
                        .get("traced.spans.rejected")
                        .tag("reason", "trace_id")
                        .counter()
                        .count())
                .isEqualTo(2);
    }

    @Test
    void partialSuccess_inJson_hasItsCountAsText() throws Exception {
        HttpResponse<byte[]> answer = post(JSON, """
                {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"00"}]}]}]}
                """.getBytes(StandardCharsets.UTF_8), false);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue(JSON);
        assertThat(text(answer)).startsWith("{\"partialSuccess\":{\"rejectedSpans\":\"1\",\"errorMessage\":\"1 span: ");
    }

    @Test
    void parentOfZeros_isNone() throws Exception {
        post(
                PROTOBUF,
                request(span("root")
                                .setParentSpanId(ByteString.copyFrom(new byte[8]))
                                .build())
                        .toByteArray(),
                false);

        TracesData stored = TracesData.parseFrom(gateway.kafka.history().get(0).value());
        assertThat(stored.getResourceSpans(0)
                        .getScopeSpans(0)
                        .getSpans(0)
                        .getParentSpanId()
                        .isEmpty())
                .isTrue();
    }

    @Test
    void empty_isTaken() throws Exception {
        assertThat(post(PROTOBUF, new byte[0], false).statusCode()).isEqualTo(200);
        assertThat(post(JSON, "{}".getBytes(StandardCharsets.UTF_8), false).statusCode())
                .isEqualTo(200);
        assertThat(gateway.kafka.history()).isEmpty();
    }

    @Test
    void unknownNames_areIgnored_numbersMayBeText_andNullIsTheDefault() throws Exception {
        String json = """
                {"later":{"a":[1,{}]},"resourceSpans":[{"resource":null,"scopeSpans":[{"spans":[{"unknown":1,
                 "traceId":"5b8efff798038103d269b633813fc60c","spanId":"EEE19B7EC3C1B174","parentSpanId":"","name":null,
                 "startTimeUnixNano":%d,"endTimeUnixNano":"%d","kind":2,"status":{"code":"STATUS_CODE_ERROR"},
                 "attributes":[{"key":"n","value":{"intValue":7}},{"key":"e","value":{}}]}]}]}]}
                """.formatted(NOW, NOW + 1);

        HttpResponse<byte[]> answer = post(JSON + "; charset=utf-8", json.getBytes(StandardCharsets.UTF_8), false);

        assertThat(text(answer)).isEqualTo("{}");
        ResourceSpans stored =
                TracesData.parseFrom(gateway.kafka.history().get(0).value()).getResourceSpans(0);
        assertThat(stored.hasResource()).isFalse();
        Span span = stored.getScopeSpans(0).getSpans(0);
        assertThat(span.getStatus().getCodeValue()).isEqualTo(2);
        assertThat(span.getEndTimeUnixNano()).isEqualTo(NOW + 1);
        assertThat(span.getAttributes(0).getValue().getIntValue()).isEqualTo(7);
        assertThat(span.getAttributes(1).hasValue()).isTrue();
    }

    @Test
    void bodyThatCannotBeRead_is400_asStatus_inTheRequestsEncoding() throws Exception {
        HttpResponse<byte[]> protobuf = post(PROTOBUF, new byte[] {10, 100, 1}, false);
        assertThat(protobuf.statusCode()).isEqualTo(400);
        Status status = Status.parseFrom(protobuf.body());
        assertThat(status.getCode()).isEqualTo(3);
        assertThat(status.getMessage()).contains("ExportTraceServiceRequest");

        HttpResponse<byte[]> json = post(
                JSON,
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":7}]}]}]}".getBytes(StandardCharsets.UTF_8),
                false);
        assertThat(json.statusCode()).isEqualTo(400);
        assertThat(text(json))
                .isEqualTo(
                        "{\"code\":3,\"message\":\"/resourceSpans/0/scopeSpans/0/spans/0/name must be text, was 7\"}");
        assertThat(post(JSON, new byte[] {0, 0, '{', 0}, false).statusCode()).isEqualTo(400);
    }

    @Test
    void idThatIsNotHexadecimal_costsItsSpanOnly() throws Exception {
        String spans = "{\"traceId\":\"0af76519-16cd-43dd-8448-eb211c80319c\",\"spanId\":\"b7ad6b7169203331\"},"
                + "{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"abc\"},"
                + "{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\",\"spanId\":\"b7ad6b7169203331\",\"startTimeUnixNano\":"
                + NOW + "}";

        HttpResponse<byte[]> answer = post(
                JSON,
                ("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + spans + "]}]}]}")
                        .getBytes(StandardCharsets.UTF_8),
                false);

        assertThat(text(answer)).contains("\"rejectedSpans\":\"2\"");
        assertThat(gateway.kafka.history()).hasSize(1);
    }

    @Test
    void typeOfTheAnswer_isExactlyThatOfTheRequest() throws Exception {
        for (byte[] body : List.of(request(span("a").build()).toByteArray(), new byte[] {10, 100, 1})) {
            assertThat(post(PROTOBUF, body, false).headers().firstValue("Content-Type"))
                    .hasValue(PROTOBUF);
        }
    }

    @Test
    void millionsOfEmptyMessages_are413_beforeAnyIsBuilt() throws Exception {
        try (Gateway roomy = new Gateway(true, dev.traced.ingest.receive.IngestConfig.withDefaults(Gateway.WINDOW))) {
            byte[] scope = new byte[4_000_000]; // 2 million spans of no bytes
            for (int i = 0; i < scope.length; i += 2) {
                scope[i] = 18;
            }
            ByteString inScope = ByteString.copyFrom(scope);
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            var out = com.google.protobuf.CodedOutputStream.newInstance(body);
            int scopeField = com.google.protobuf.CodedOutputStream.computeBytesSize(2, inScope);
            out.writeTag(1, 2);
            out.writeUInt32NoTag(scopeField);
            out.writeBytes(2, inScope);
            out.flush();

            assertThat(post(roomy, PROTOBUF, body.toByteArray(), false).statusCode())
                    .isEqualTo(413);
            assertThat(post(
                                    roomy,
                                    JSON,
                                    ("{\"resourceSpans\":[" + "{},".repeat(600_000) + "{}]}")
                                            .getBytes(StandardCharsets.UTF_8),
                                    false)
                            .statusCode())
                    .isEqualTo(413);
        }
    }

    @Test
    void largeResource_forManyTraces_is413() throws Exception {
        try (Gateway roomy = new Gateway(true, dev.traced.ingest.receive.IngestConfig.withDefaults(Gateway.WINDOW))) {
            ScopeSpans.Builder scope = ScopeSpans.newBuilder();
            for (int i = 0; i < 2_000; i++) {
                scope.addSpans(span("x")
                        .setTraceId(ByteString.copyFrom(java.nio.ByteBuffer.allocate(16)
                                .putLong(1)
                                .putLong(i)
                                .flip())));
            }
            ExportTraceServiceRequest request = ExportTraceServiceRequest.newBuilder()
                    .addResourceSpans(ResourceSpans.newBuilder()
                            .setSchemaUrl("x".repeat(100_000))
                            .addScopeSpans(scope))
                    .build();

            HttpResponse<byte[]> answer = post(roomy, PROTOBUF, request.toByteArray(), false);

            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(Status.parseFrom(answer.body()).getMessage()).contains("send fewer traces at a time");
        }
    }

    @Test
    void otherTypeOrMethod_is415or405() throws Exception {
        assertThat(post("text/plain", new byte[0], false).statusCode()).isEqualTo(415);
        assertThat(gateway.send(gateway.request("/v1/traces").GET()).statusCode())
                .isEqualTo(405);
    }

    @Test
    void kafkaAway_is503_withRetryAfter() throws Exception {
        try (Gateway waiting = Gateway.waiting()) {
            HttpResponse<byte[]> answer =
                    post(waiting, PROTOBUF, request(span("a").build()).toByteArray(), false);

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(Status.parseFrom(answer.body()).getCode()).isEqualTo(14);
        }
    }

    @Test
    void hugeSpan_isLeftOut_theOthersAreTaken() throws Exception {
        ExportTraceServiceRequest request =
                request(span("x".repeat(600_000)).build(), span("small").build());

        ExportTraceServiceResponse response = ExportTraceServiceResponse.parseFrom(
                post(PROTOBUF, request.toByteArray(), false).body());

        assertThat(response.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
        assertThat(response.getPartialSuccess().getErrorMessage()).contains("must fit into 524288 bytes");
        assertThat(gateway.kafka.history()).hasSize(1);
    }

    @Test
    void largeTrace_becomesSeveralRecords_inOrder() throws Exception {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            spans.add(span(i + "x".repeat(80_000)).build());
        }

        post(PROTOBUF, request(spans.toArray(Span[]::new)).toByteArray(), false);

        assertThat(gateway.kafka.history()).hasSize(2);
        List<Span> stored = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> record : gateway.kafka.history()) {
            assertThat(record.value().length).isLessThanOrEqualTo(512 * 1024);
            stored.addAll(TracesData.parseFrom(record.value())
                    .getResourceSpans(0)
                    .getScopeSpans(0)
                    .getSpansList());
        }
        assertThat(stored).isEqualTo(spans);
    }

    private int spanIds;

    private Span.Builder span(String name) {
        return Span.newBuilder()
                .setTraceId(id(16))
                .setSpanId(id(8).substring(0, 7).concat(ByteString.copyFrom(new byte[] {(byte) ++spanIds})))
                .setName(name)
                .setStartTimeUnixNano(NOW)
                .setEndTimeUnixNano(NOW + 1);
    }

    private static ByteString id(int bytes) {
        byte[] id = new byte[bytes];
        java.util.Arrays.fill(id, (byte) 7);
        return ByteString.copyFrom(id);
    }

    private static ExportTraceServiceRequest request(Span... spans) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(List.of(spans))))
                .build();
    }

    private static byte[] json(Message message) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            OtlpJsonWriter.write(message, json);
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body);
        }
        return bytes.toByteArray();
    }

    private HttpResponse<byte[]> post(String type, byte[] body, boolean gzip) throws Exception {
        return post(gateway, type, body, gzip);
    }

    private static HttpResponse<byte[]> post(Gateway gateway, String type, byte[] body, boolean gzip) throws Exception {
        HttpRequest.Builder request = gateway.request("/v1/traces")
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (gzip) {
            request.header("Content-Encoding", "gzip");
        }
        return gateway.sendForBytes(request);
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
