package dev.traced.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenTelemetry's SDK for Java, by each of its exporters. */
class OpenTelemetrySdkTest {
    @TempDir
    static Path data;

    private static Backend backend;

    @BeforeAll
    static void start() {
        backend = new Backend(data);
    }

    @AfterAll
    static void stop() {
        backend.close();
    }

    @Test
    void grpc() throws Exception {
        exportsWhole(OtlpGrpcSpanExporter.builder()
                .setEndpoint("http://127.0.0.1:" + backend.grpcPort)
                .build());
    }

    @Test
    void grpc_gzip() throws Exception {
        exportsWhole(OtlpGrpcSpanExporter.builder()
                .setEndpoint("http://127.0.0.1:" + backend.grpcPort)
                .setCompression("gzip")
                .build());
    }

    @Test
    void httpProtobuf() throws Exception {
        exportsWhole(OtlpHttpSpanExporter.builder()
                .setEndpoint(backend.url("/v1/traces"))
                .build());
    }

    @Test
    void httpProtobuf_gzip() throws Exception {
        exportsWhole(OtlpHttpSpanExporter.builder()
                .setEndpoint(backend.url("/v1/traces"))
                .setCompression("gzip")
                .build());
    }

    private static void exportsWhole(SpanExporter exporter) throws Exception {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "checkout")))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build();
        Tracer tracer = provider.get("shop", "1.2");
        SpanContext elsewhere = SpanContext.create(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());
        Span root = tracer.spanBuilder("POST /checkout")
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("http.response.status_code", 500L)
                .addLink(elsewhere, Attributes.of(AttributeKey.stringKey("why"), "retry"))
                .startSpan();
        Scope scope = root.makeCurrent();
        try {
            Span child = tracer.spanBuilder("charge")
                    .setParent(Context.current())
                    .setSpanKind(SpanKind.CLIENT)
                    .setAttribute(AttributeKey.stringArrayKey("cards"), List.of("visa", "amex"))
                    .startSpan();
            child.recordException(new IllegalStateException("declined"));
            child.setStatus(StatusCode.ERROR, "declined");
            child.end();
        } finally {
            scope.close();
        }
        root.end();
        assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
        provider.close();

        // At once and without a retry: what was acknowledged is visible.
        Map<String, JsonNode> spans = backend.spans(root.getSpanContext().getTraceId());

        assertThat(spans.keySet()).containsExactly("POST /checkout", "charge");
        JsonNode server = spans.get("POST /checkout");
        JsonNode client = spans.get("charge");
        assertThat(server.path("spanId").asText())
                .isEqualTo(root.getSpanContext().getSpanId());
        assertThat(server.has("parentSpanId")).isFalse();
        assertThat(server.path("kind").asInt()).isEqualTo(2);
        assertThat(server.path("service").asText()).isEqualTo("checkout");
        assertThat(server.path("scope").asText()).isEqualTo("shop");
        assertThat(Backend.attribute(server, "http.response.status_code")).isEqualTo("500");
        assertThat(server.path("links").get(0).path("spanId").asText()).isEqualTo(elsewhere.getSpanId());
        assertThat(Backend.attribute(server.path("links").get(0), "why")).isEqualTo("retry");
        assertThat(client.path("parentSpanId").asText())
                .isEqualTo(root.getSpanContext().getSpanId());
        assertThat(client.path("status").path("message").asText()).isEqualTo("declined");
        assertThat(client.path("events").get(0).path("name").asText()).isEqualTo("exception");
        assertThat(Backend.attribute(client.path("events").get(0), "exception.message"))
                .isEqualTo("declined");

        JsonNode detail = backend.get("/traces/" + uuid(root.getSpanContext().getTraceId()));
        assertThat(detail.path("spans")).hasSize(2);
        assertThat(detail.toString()).contains("\"cards\":\"[\\\"visa\\\",\\\"amex\\\"]\"");
    }

    static String uuid(String hex) {
        return hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    }
}
