package dev.traced.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenTelemetry's Java agent on a program that knows nothing of it, with the settings the README gives. */
class JavaAgentTest {
    @TempDir
    Path data;

    @Test
    void programUnderTheAgent_isOneTrace() throws Exception {
        try (Backend backend = new Backend(data)) {
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-javaagent:" + agent(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            TwoServices.class.getName())
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment()
                    .putAll(Map.of(
                            "OTEL_SERVICE_NAME", "shop",
                            "OTEL_EXPORTER_OTLP_ENDPOINT", backend.url("/").replaceAll("/$", ""),
                            "OTEL_METRICS_EXPORTER", "none",
                            "OTEL_LOGS_EXPORTER", "none",
                            "OTEL_BSP_SCHEDULE_DELAY", "200"));
            Process program = builder.start();
            try {
                String port = new BufferedReader(
                                new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8))
                        .readLine();
                HttpResponse<String> answer = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/checkout"))
                                        .timeout(Duration.ofSeconds(20))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(answer.body()).isEqualTo("7");

                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> backend.get("/traces")
                                        .path("traces")
                                        .path(0)
                                        .path("span_count")
                                        .asInt()
                                == 3);
                JsonNode trace = backend.get("/traces").path("traces").path(0);
                assertThat(trace.path("root_operation").asText()).isEqualTo("GET /checkout");
                Map<String, JsonNode> spans =
                        backend.spans(trace.path("trace_id").asText());
                JsonNode checkout = spans.get("GET /checkout");
                JsonNode call = spans.get("GET");
                JsonNode stock = spans.get("GET /stock");
                assertThat(call.path("parentSpanId").asText())
                        .isEqualTo(checkout.path("spanId").asText());
                assertThat(stock.path("parentSpanId").asText())
                        .isEqualTo(call.path("spanId").asText());
                assertThat(stock.path("service").asText()).isEqualTo("shop");
            } finally {
                program.getOutputStream().close();
                if (!program.waitFor(10, TimeUnit.SECONDS)) {
                    program.destroyForcibly();
                }
            }
        }
    }

    private static String agent() {
        return Arrays.stream(System.getProperty("java.class.path").split(System.getProperty("path.separator")))
                .filter(entry -> entry.contains("opentelemetry-javaagent"))
                .findFirst()
                .orElseThrow();
    }
}
