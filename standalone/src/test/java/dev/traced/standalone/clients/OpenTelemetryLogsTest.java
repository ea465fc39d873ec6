package dev.traced.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.resources.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs that OpenTelemetry's SDK sends are found by their trace, at once and after a kill -9. */
class OpenTelemetryLogsTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final Instant NOW = Instant.now();

    @TempDir
    Path data;

    @Test
    void logs_areFoundByTheirTrace_alsoAfterAKill() throws Exception {
        String before;
        try (Backend backend = new Backend(data)) {
            send(
                    OtlpGrpcLogRecordExporter.builder()
                            .setEndpoint("http://127.0.0.1:" + backend.grpcPort)
                            .build(),
                    2,
                    "second, by gRPC",
                    Severity.ERROR);
            send(
                    OtlpHttpLogRecordExporter.builder()
                            .setEndpoint(backend.url("/v1/logs"))
                            .setCompression("gzip")
                            .build(),
                    1,
                    "First, by HTTP",
                    Severity.INFO);

            JsonNode found = backend.get("/traces/" + OpenTelemetrySdkTest.uuid(TRACE) + "/logs");

            before = found.toString();
            assertThat(found.path("total").asInt()).isEqualTo(2);
            JsonNode first = found.path("logs").get(0);
            assertThat(first.path("body").asText()).isEqualTo("First, by HTTP");
            assertThat(first.path("time").asLong()).isEqualTo(nanos(1));
            assertThat(first.path("severity").asText()).isEqualTo("INFO");
            assertThat(first.path("service").asText()).isEqualTo("shop");
            assertThat(first.path("span_id").asText()).isEqualTo("00000000-0000-0000-b7ad-6b7169203331");
            assertThat(first.path("attributes").path("items").asText()).isEqualTo("3");
            assertThat(backend.get("/logs?trace_id=" + TRACE).toString()).isEqualTo(before);
            assertThat(bodies(backend, "&severity=warn")).containsExactly("second, by gRPC");
            assertThat(bodies(backend, "&q=fIRst")).containsExactly("First, by HTTP");
            assertThat(bodies(backend, "&span_id=" + SPAN + "&limit=1")).containsExactly("First, by HTTP");
            assertThat(bodies(backend, "&span_id=00000000000000aa")).isEmpty();
            assertThat(backend.status("/logs")).isEqualTo(400);
            assertThat(backend.status("/logs?trace_id=" + TRACE + "&severity=loud"))
                    .isEqualTo(400);
            assertThat(backend.status("/logs?trace_id=" + TRACE + "&limit=0")).isEqualTo(400);
            assertThat(backend.metrics())
                    .contains("traced_logs_uncorrelated_total 2.0")
                    .contains("traced_logs_published_total 2.0")
                    .contains("traced_logs_stored_total 2.0");
            backend.kill();
        }
        try (Backend backend = new Backend(data)) {
            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(
                            backend.get("/logs?trace_id=" + TRACE).toString())
                    .isEqualTo(before));
        }
    }

    private static java.util.List<String> bodies(Backend backend, String filter) throws Exception {
        return backend.get("/logs?trace_id=" + TRACE + filter).findValuesAsText("body");
    }

    private static long nanos(int plusSeconds) {
        Instant time = NOW.plusSeconds(plusSeconds);
        return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
    }

    /** One log of the trace, and one of none. */
    private static void send(LogRecordExporter exporter, int second, String body, Severity severity) {
        SdkLoggerProvider provider = SdkLoggerProvider.builder()
                .setResource(Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "shop")))
                .addLogRecordProcessor(BatchLogRecordProcessor.builder(exporter).build())
                .build();
        Logger logger = provider.get("cart");
        SpanContext span = SpanContext.create(TRACE, SPAN, TraceFlags.getSampled(), TraceState.getDefault());
        logger.logRecordBuilder()
                .setContext(Context.root().with(Span.wrap(span)))
                .setTimestamp(NOW.plusSeconds(second))
                .setSeverity(severity)
                .setBody(body)
                .setAttribute(AttributeKey.longKey("items"), 3L)
                .emit();
        logger.logRecordBuilder()
                .setContext(Context.root())
                .setBody("of no trace")
                .emit();
        assertThat(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess()).isTrue();
        provider.close();
    }
}
