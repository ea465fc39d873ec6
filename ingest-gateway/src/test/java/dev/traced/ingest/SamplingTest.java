package dev.traced.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.traced.ingest.json.Batches;
import dev.traced.ingest.otlp.OtlpGrpcServer;
import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.model.Span;
import dev.traced.model.TraceFraction;
import dev.traced.model.TraceId;
import dev.traced.topics.SpanDecoder;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import zipkin2.Endpoint;
import zipkin2.codec.SpanBytesEncoder;

/** Which spans get through a gateway that samples, whatever protocol they come in, and what their sender is told. */
@Timeout(60)
class SamplingTest {
    private static final long NOW = Gateway.nanos(Gateway.NOW);

    /** Below 0.1: 0.072094. */
    private static final String KEPT = "0af76519-16cd-43dd-8448-eb211c80319c";

    /** Between 0.1 and 0.5: 0.423036. */
    private static final String MIDDLE = "463ac35c-9f64-13ad-4848-5a3953bb6124";

    /** Above 0.5: 0.710386. */
    private static final String DROPPED = "5b8efff7-98f8-4e2e-9c2e-6a1b2c3d4e5f";

    private Gateway gateway = Gateway.acknowledging();

    private void use(SamplingRates rates) {
        gateway.close();
        gateway = Gateway.sampling(rates);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    /** A span, as far as sampling sees it. */
    private record Sent(String trace, String service, boolean isSampledUpstream, long start) {
        static Sent of(String trace, String service) {
            return new Sent(trace, service, false, NOW);
        }

        Sent sampledUpstream() {
            return new Sent(trace, service, true, start);
        }

        Sent stale() {
            return new Sent(trace, service, isSampledUpstream, NOW - TimeUnit.HOURS.toNanos(1));
        }
    }

    /** What a sender can see of an answer. */
    private record Answer(String counts, String body) {}

    /** How spans come in. */
    enum Way {
        TRACED {
            @Override
            Answer send(Gateway gateway, List<Sent> spans) throws Exception {
                String[] json = spans.stream()
                        .map(span -> Batches.span(
                                "trace_id",
                                Batches.quoted(span.trace()),
                                "service",
                                Batches.quoted(span.service()),
                                "start_time",
                                Long.toString(span.start()),
                                "end_time",
                                Long.toString(span.start() + 1)))
                        .toArray(String[]::new);
                return taken(gateway.post(Batches.batch(json)), 202);
            }
        },
        OTLP_HTTP {
            @Override
            Answer send(Gateway gateway, List<Sent> spans) throws Exception {
                HttpRequest.Builder request = gateway.request("/v1/traces")
                        .header("Content-Type", "application/x-protobuf")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(otlp(spans).toByteArray()));
                HttpResponse<byte[]> answer = gateway.sendForBytes(request);
                assertThat(answer.statusCode()).isEqualTo(200);
                return new Answer(
                        answer.headers().firstValue("Traced-Spans").orElse(""),
                        ExportTraceServiceResponse.parseFrom(answer.body()).toString());
            }
        },
        OTLP_GRPC {
            @Override
            Answer send(Gateway gateway, List<Sent> spans) throws Exception {
                OtlpGrpcServer server = OtlpGrpcServer.start("127.0.0.1", 0, null, gateway.receiver);
                ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                        .usePlaintext()
                        .build();
                try {
                    AtomicReference<Metadata> metadata = new AtomicReference<>();
                    ExportTraceServiceResponse response = TraceServiceGrpc.newBlockingStub(ClientInterceptors.intercept(
                                    channel,
                                    MetadataUtils.newCaptureMetadataInterceptor(metadata, new AtomicReference<>())))
                            .export(otlp(spans));
                    String counts =
                            metadata.get().get(Metadata.Key.of("traced-spans", Metadata.ASCII_STRING_MARSHALLER));
                    return new Answer(String.valueOf(counts), response.toString());
                } finally {
                    channel.shutdownNow();
                    server.close();
                }
            }
        },
        ZIPKIN {
            @Override
            Answer send(Gateway gateway, List<Sent> spans) throws Exception {
                List<zipkin2.Span> zipkin = new ArrayList<>();
                for (Sent span : spans) {
                    zipkin.add(zipkin2.Span.newBuilder()
                            .traceId(span.trace().replace("-", ""))
                            .id(zipkin.size() + 1)
                            .timestamp(span.start() / 1_000)
                            .duration(1)
                            .localEndpoint(Endpoint.newBuilder()
                                    .serviceName(span.service())
                                    .build())
                            .debug(span.isSampledUpstream() ? true : null)
                            .build());
                }
                return taken(
                        gateway.send(gateway.request("/api/v2/spans")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(
                                        SpanBytesEncoder.JSON_V2.encodeList(zipkin)))),
                        202);
            }
        };

        abstract Answer send(Gateway gateway, List<Sent> spans) throws Exception;

        Answer send(Gateway gateway, Sent... spans) throws Exception {
            return send(gateway, List.of(spans));
        }

        private static Answer taken(HttpResponse<String> answer, int status) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            return new Answer(answer.headers().firstValue("Traced-Spans").orElse(""), answer.body());
        }

        private static ExportTraceServiceRequest otlp(List<Sent> spans) {
            ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
            for (Sent span : spans) {
                request.addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder()
                                .addAttributes(KeyValue.newBuilder()
                                        .setKey("service.name")
                                        .setValue(AnyValue.newBuilder().setStringValue(span.service()))))
                        .addScopeSpans(ScopeSpans.newBuilder()
                                .addSpans(io.opentelemetry.proto.trace.v1.Span.newBuilder()
                                        .setTraceId(ByteString.copyFrom(
                                                TraceId.parse(span.trace()).toBytes()))
                                        .setSpanId(ByteString.copyFromUtf8(
                                                "%08d".formatted(request.getResourceSpansCount())))
                                        .setFlags(span.isSampledUpstream() ? 0x301 : 0x300)
                                        .setStartTimeUnixNano(span.start())
                                        .setEndTimeUnixNano(span.start() + 1))));
            }
            return request.build();
        }
    }

    private List<String> published() {
        List<String> published = new ArrayList<>();
        gateway.kafka.history().forEach(record -> SpanDecoder.decode(record.value())
                .forEach(span -> published.add(span.traceId() + " " + span.service())));
        return published;
    }

    private void assertCounted(int accepted, int published, int stale, int sampledOut) {
        assertThat(gateway.counted("traced.spans.accepted")).isEqualTo(accepted);
        assertThat(gateway.counted("traced.spans.published")).isEqualTo(published);
        assertThat(gateway.counted("traced.spans.stale")).isEqualTo(stale);
        assertThat(gateway.counted("traced.spans.sampled.out")).isEqualTo(sampledOut);
    }

    @ParameterizedTest
    @EnumSource
    void spans_areKeptByTheirTracesFraction(Way way) throws Exception {
        use(new SamplingRates(0.1, Map.of()));

        Answer answer =
                way.send(gateway, Sent.of(KEPT, "a"), Sent.of(MIDDLE, "a"), Sent.of(DROPPED, "a"), Sent.of(KEPT, "b"));

        assertThat(published()).containsExactly(KEPT + " a", KEPT + " b");
        assertCounted(4, 2, 0, 2);
        assertThat(answer.counts()).isEqualTo("accepted=4, stale=0, sampled-out=2");
        assertThat(answer.body()).as("nothing was rejected").isEqualTo(way == Way.TRACED ? "{\"status\":\"ok\"}" : "");
    }

    @ParameterizedTest
    @EnumSource
    void rateOfAService_isThatOfItsSpans_inEveryTrace(Way way) throws Exception {
        use(new SamplingRates(0.1, Map.of("half", 0.5, "all", 1.0, "none", 0.0)));
        List<Sent> spans = new ArrayList<>();
        for (String trace : List.of(KEPT, MIDDLE, DROPPED)) {
            for (String service : List.of("other", "half", "all", "none")) {
                spans.add(Sent.of(trace, service));
            }
        }

        Answer answer = way.send(gateway, spans);

        assertThat(published())
                .containsExactly(
                        KEPT + " other",
                        KEPT + " half",
                        KEPT + " all",
                        MIDDLE + " half",
                        MIDDLE + " all",
                        DROPPED + " all");
        assertThat(answer.counts()).isEqualTo("accepted=12, stale=0, sampled-out=6");
    }

    @ParameterizedTest
    @EnumSource(names = "TRACED", mode = EnumSource.Mode.EXCLUDE)
    void spanThatWasSampledUpstream_isKept_theOthersGoByTheirFraction(Way way) throws Exception {
        use(new SamplingRates(0, Map.of()));

        Answer answer =
                way.send(gateway, Sent.of(DROPPED, "a").sampledUpstream(), Sent.of(DROPPED, "b"), Sent.of(KEPT, "c"));

        assertThat(published()).containsExactly(DROPPED + " a");
        assertThat(answer.counts()).isEqualTo("accepted=3, stale=0, sampled-out=2");
    }

    @ParameterizedTest
    @EnumSource
    void spanThatIsBoth_isStale_andNotSampledOut(Way way) throws Exception {
        use(new SamplingRates(0.1, Map.of()));

        Answer answer = way.send(
                gateway,
                Sent.of(KEPT, "a"),
                Sent.of(KEPT, "a").stale(),
                Sent.of(DROPPED, "a").stale(),
                Sent.of(DROPPED, "a").stale().sampledUpstream(),
                Sent.of(DROPPED, "a"));

        assertCounted(5, 1, 3, 1);
        assertThat(answer.counts()).isEqualTo("accepted=5, stale=3, sampled-out=1");
    }

    @ParameterizedTest
    @EnumSource
    void withoutRates_everythingIsKept_andTheAnswerSaysSo(Way way) throws Exception {
        Answer answer = way.send(gateway, Sent.of(KEPT, "a"), Sent.of(DROPPED, "a"));

        assertCounted(2, 2, 0, 0);
        assertThat(answer.counts()).isEqualTo("accepted=2, stale=0, sampled-out=0");
    }

    @Test
    void batchThatIsSampledOutAsAWhole_isTakenWithoutKafka() throws Exception {
        gateway.close();
        gateway = new Gateway(false, Gateway.CONFIG.withSampling(new SamplingRates(0, Map.of())));

        assertThat(gateway.post(Batches.batchOf(5)).statusCode()).isEqualTo(202);

        assertThat(gateway.kafka.history()).isEmpty();
        assertCounted(5, 0, 0, 5);
    }

    @Test
    void invalidSpan_isRefused_inTheSampleOrNot() throws Exception {
        use(new SamplingRates(0, Map.of()));

        assertThat(gateway.post(Batches.batch(Batches.span(), Batches.span("span_id", "7")))
                        .statusCode())
                .isEqualTo(400);

        assertCounted(0, 0, 0, 0);
    }

    @Test
    void logs_areKept_whetherTheirTraceIsOrNot() throws Exception {
        use(new SamplingRates(0, Map.of()));
        String log = "{\"traceId\":\"" + DROPPED.replace("-", "") + "\",\"timeUnixNano\":" + NOW + "}";

        HttpResponse<String> answer = gateway.send(gateway.request("/v1/logs")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[" + log + "]}]}]}")));

        assertThat(answer.body()).isEqualTo("{}");
        assertThat(gateway.counted("traced.logs.published")).isEqualTo(1);
    }

    @Test
    void refusal_tellsNoCounts() throws Exception {
        assertThat(gateway.post("{}").headers().firstValue("Traced-Spans")).isEmpty();
    }

    /** Spans of a trace come one by one, in any order, by every protocol, to gateways that know nothing of each other. */
    @Test
    void tracesAreWhole_acrossProtocolsAndGateways() throws Exception {
        long seed = Long.getLong("traced.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        SamplingRates rates = new SamplingRates(0.3, Map.of());
        use(rates);
        List<TraceId> traces = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            traces.add(new TraceId(i % 3 == 0 ? 0 : random.nextLong(), random.nextLong()));
        }
        Map<String, Integer> sent = new TreeMap<>();
        Map<String, Integer> published = new TreeMap<>();
        double[] counted = new double[3];
        for (int round = 0; round < 3; round++) {
            try (Gateway other = Gateway.sampling(rates)) {
                for (Way way : Way.values()) {
                    List<Sent> batch = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        String trace = traces.get(random.nextInt(traces.size())).toString();
                        batch.add(Sent.of(trace, "service-" + random.nextInt(3)));
                        sent.merge(trace, 1, Integer::sum);
                    }
                    way.send(other, batch);
                }
                other.kafka.history().forEach(record -> SpanDecoder.decode(record.value()).stream()
                        .map(Span::traceId)
                        .forEach(trace -> published.merge(trace.toString(), 1, Integer::sum)));
                String[] names = {"accepted", "published", "sampled.out"};
                Arrays.setAll(counted, i -> counted[i] + other.counted("traced.spans." + names[i]));
            }
        }

        Map<String, Integer> expected = new TreeMap<>(sent);
        expected.keySet().removeIf(trace -> {
            TraceId id = TraceId.parse(trace);
            return TraceFraction.of(id.high(), id.low()) >= 0.3;
        });
        assertThat(published).isNotEmpty().isEqualTo(expected).hasSizeLessThan(sent.size());
        assertThat(counted[0]).isEqualTo(1_200).isEqualTo(counted[1] + counted[2]);
    }
}
