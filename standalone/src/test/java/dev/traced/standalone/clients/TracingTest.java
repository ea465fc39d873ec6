package dev.traced.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.traced.standalone.TracedProcess;
import dev.traced.tracer.ActiveSpan;
import dev.traced.tracer.Tracing;
import dev.traced.tracer.report.Drops;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our own tracer: what a program does with it is what the backend has, and what the backend has not it counts. */
class TracingTest {
    private static final Duration PATIENT = Duration.ofSeconds(60);

    @TempDir
    Path data;

    @Test
    void whatAProgramDoes_arrives_overTheDeathOfTheBackend() throws Exception {
        String port = Integer.toString(TracedProcess.freePort());
        Tracing tracing = Tracing.builder("shop")
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .property("otel.bsp.max.queue.size", "600")
                .build();
        try (Backend backend = new Backend(data, "--otlp-http-port", port)) {
            aTraceWithEverything_arrivesAsItWasSent(tracing, backend);

            backend.kill();
            end(tracing, 1_000);
            assertThat(tracing.flush(Duration.ofMillis(100))).isFalse();
        }
        assertThat(tracing.droppedSpans()).isEqualTo(new Drops(400, 0, 0));

        try (Backend backend = new Backend(data, "--otlp-http-port", port)) {
            assertThat(tracing.flush(PATIENT)).isTrue();
            end(tracing, 50);
            assertThat(tracing.close(PATIENT)).isTrue();

            assertThat(tracing.dropped()).isEqualTo(400);
            assertThat(backend.get("/traces?limit=1").path("total").asInt())
                    .as("sent = stored + dropped")
                    .isEqualTo(1 + 1_000 + 50 - 400);
        }
    }

    private static void aTraceWithEverything_arrivesAsItWasSent(Tracing tracing, Backend backend) throws Exception {
        SpanContext elsewhere = SpanContext.create(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());
        String traceId;
        try (ActiveSpan server = tracing.start("POST", SpanKind.SERVER)) {
            traceId = server.span().getSpanContext().getTraceId();
            server.name("POST /checkout").attribute("http.response.status_code", 500L);
            server.link(elsewhere).event("validated", Attributes.of(AttributeKey.longKey("items"), 3L));
            try (ActiveSpan client = tracing.start("charge", SpanKind.CLIENT)) {
                client.attribute("card", "visa").attribute("share", 0.5).attribute("retried", true);
                client.fail(new IllegalStateException("declined"));
                log(tracing);
            }
        }
        assertThat(tracing.flush(PATIENT)).isTrue();

        Map<String, JsonNode> spans = backend.spans(traceId);
        assertThat(spans.keySet()).containsExactly("POST /checkout", "charge");
        JsonNode server = spans.get("POST /checkout");
        JsonNode client = spans.get("charge");
        assertThat(server.path("service").asText()).isEqualTo("shop");
        assertThat(server.path("kind").asInt()).isEqualTo(2);
        assertThat(server.has("parentSpanId")).isFalse();
        assertThat(server.path("links").get(0).path("spanId").asText()).isEqualTo(elsewhere.getSpanId());
        assertThat(Backend.attribute(server.path("events").get(0), "items")).isEqualTo("3");
        assertThat(client.path("kind").asInt()).isEqualTo(3);
        assertThat(client.path("parentSpanId")).isEqualTo(server.path("spanId"));
        assertThat(Backend.attribute(client, "share")).isEqualTo("0.5");
        assertThat(Backend.attribute(client, "retried")).isEqualTo("true");
        assertThat(client.path("status").path("message").asText()).isEqualTo("declined");
        assertThat(client.path("events").get(0).path("name").asText()).isEqualTo("exception");
        assertThat(client.path("startTimeUnixNano").asLong())
                .isGreaterThanOrEqualTo(server.path("startTimeUnixNano").asLong());
        JsonNode logs = backend.get("/traces/" + OpenTelemetrySdkTest.uuid(traceId) + "/logs");
        assertThat(logs.path("total").asInt()).isEqualTo(1);
        assertThat(logs.toString()).contains("card was declined");
    }

    private static void log(Tracing tracing) {
        tracing.openTelemetry()
                .getLogsBridge()
                .get("shop")
                .logRecordBuilder()
                .setSeverity(Severity.WARN)
                .setBody("card was declined")
                .emit();
    }

    private static void end(Tracing tracing, int spans) {
        IntStream.range(0, spans)
                .forEach(i -> tracing.start("work", SpanKind.INTERNAL).close());
    }
}
