package dev.traced.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One trace through three services that speak three protocols, with ids of all widths; and gRPC under TLS. */
class MixedProtocolsTest {
    @TempDir
    Path data;

    @Test
    void servicesOfDifferentProtocols_areInOneTrace() throws Exception {
        long now = System.currentTimeMillis() * 1_000_000;
        try (Backend backend = new Backend(data)) {
            post(backend.url("/spans"), """
                    {"spans":[{"trace_id":"00000000-0000-0000-4848-5a3953bb6124","span_id":"00000000-0000-0000-0000-0000000000a1",
                     "service":"edge","operation":"GET /","start_time":%d,"end_time":%d,"status":"ok"}]}""".formatted(now, now + 9_000_000));
            post(backend.url("/api/v2/spans"), """
                    [{"traceId":"48485a3953bb6124","id":"b2","parentId":"a1","kind":"CLIENT","name":"call","timestamp":%d,
                     "duration":5000,"localEndpoint":{"serviceName":"shop"}}]""".formatted(now / 1_000 + 1));
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", backend.grpcPort)
                    .usePlaintext()
                    .build();
            try {
                TraceServiceGrpc.newBlockingStub(channel).export(otlp(now + 2_000_000));
            } finally {
                channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
            }

            JsonNode trace = backend.get("/traces").path("traces");
            assertThat(trace).hasSize(1);
            assertThat(trace.path(0).path("span_count").asInt()).isEqualTo(3);
            assertThat(trace.path(0).path("root_service").asText()).isEqualTo("edge");
            assertThat(trace.path(0).path("status").asText()).isEqualTo("error");
            var spans = backend.spans("48485a3953bb6124");
            assertThat(spans.get("call").path("parentSpanId").asText())
                    .isEqualTo(spans.get("GET /").path("spanId").asText())
                    .isEqualTo("00000000000000a1");
            assertThat(spans.get("insert").path("parentSpanId").asText()).isEqualTo("00000000000000b2");
        }
    }

    private static ExportTraceServiceRequest otlp(long start) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .addScopeSpans(ScopeSpans.newBuilder()
                                .addSpans(Span.newBuilder()
                                        .setTraceId(id("000000000000000048485a3953bb6124"))
                                        .setSpanId(id("00000000000000c3"))
                                        .setParentSpanId(id("00000000000000b2"))
                                        .setName("insert")
                                        .setStartTimeUnixNano(start)
                                        .setEndTimeUnixNano(start + 1)
                                        .setStatus(io.opentelemetry.proto.trace.v1.Status.newBuilder()
                                                .setCodeValue(2)))))
                .build();
    }

    private static ByteString id(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    private static void post(String url, String body) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }

    @Test
    void grpc_withTls_takesWhatTrustsIt_andNothingInPlaintext() throws Exception {
        Path keys = data.resolve("keys");
        Certificate certificate = Certificate.selfSigned(keys);
        try (Backend backend = new Backend(
                data.resolve("data"),
                "--otlp-tls-cert",
                certificate.chain().toString(),
                "--otlp-tls-key",
                certificate.key().toString())) {
            ManagedChannel trusting = NettyChannelBuilder.forAddress("localhost", backend.grpcPort)
                    .sslContext(GrpcSslContexts.forClient()
                            .trustManager(certificate.chain().toFile())
                            .build())
                    .build();
            ManagedChannel plain = NettyChannelBuilder.forAddress("localhost", backend.grpcPort)
                    .usePlaintext()
                    .build();
            try {
                long now = System.currentTimeMillis() * 1_000_000;
                assertThat(TraceServiceGrpc.newBlockingStub(trusting)
                                .withDeadlineAfter(10, TimeUnit.SECONDS)
                                .export(otlp(now))
                                .hasPartialSuccess())
                        .isFalse();
                assertThat(backend.spans("48485a3953bb6124")).hasSize(1);
                org.assertj.core.api.Assertions.assertThatThrownBy(() -> TraceServiceGrpc.newBlockingStub(plain)
                                .withDeadlineAfter(10, TimeUnit.SECONDS)
                                .export(otlp(now)))
                        .isInstanceOf(io.grpc.StatusRuntimeException.class);
            } finally {
                trusting.shutdownNow();
                plain.shutdownNow();
            }
        }
    }
}
