package dev.traced.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenTelemetry's Java agent on a program that knows nothing of it, by the command that the README gives. */
class JavaAgentTest {
    @TempDir
    Path data;

    @Test
    void programUnderTheAgent_isOneTraceWithItsLogs() throws Exception {
        try (Backend backend = new Backend(data);
                Program program = underTheAgent(backend)) {
            assertThat(program.get("/checkout")).isEqualTo("7");

            JsonNode trace = Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(
                            () -> backend.get("/traces").path("traces").path(0),
                            found -> found.path("span_count").asInt() == 3);
            assertThat(trace.path("root_operation").asText()).isEqualTo("GET /checkout");
            String id = trace.path("trace_id").asText();
            Map<String, JsonNode> spans = backend.spans(id);
            JsonNode checkout = spans.get("GET /checkout");
            JsonNode call = spans.get("GET");
            JsonNode stock = spans.get("GET /stock");
            assertThat(call.path("parentSpanId").asText())
                    .isEqualTo(checkout.path("spanId").asText());
            assertThat(stock.path("parentSpanId").asText())
                    .isEqualTo(call.path("spanId").asText());
            assertThat(stock.path("service").asText()).isEqualTo("shop");
            JsonNode log = Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(
                            () -> backend.get("/traces/" + id + "/logs")
                                    .path("logs")
                                    .path(0),
                            found -> found.has("body"));
            assertThat(log.path("body").asText()).isEqualTo("7 in stock");
            assertThat(log.path("span_id").asText().replace("-", ""))
                    .endsWith(stock.path("spanId").asText());
        }
    }

    /** As it is printed, but with this backend's port, and the agent and a program from where they are. */
    private static Program underTheAgent(Backend backend) throws Exception {
        String printed = Readme.block("Send from anything", "sh")
                .lines()
                .filter(line -> line.contains("-javaagent:"))
                .findFirst()
                .orElseThrow();
        assertThat(printed)
                .contains("=http://localhost:4318 ")
                .contains(" java ")
                .contains("opentelemetry-javaagent.jar")
                .endsWith("-jar shop.jar");
        Map<String, String> environment = new HashMap<>(Map.of("OTEL_BSP_SCHEDULE_DELAY", "200")); // not to wait
        List<String> command = new ArrayList<>();
        for (String word : printed.split(" ")) {
            if (command.isEmpty() && word.contains("=")) {
                environment.put(
                        word.substring(0, word.indexOf('=')),
                        word.substring(word.indexOf('=') + 1)
                                .replace(
                                        "http://localhost:4318",
                                        backend.url("/").replaceAll("/$", "")));
            } else {
                command.add(word.replace("opentelemetry-javaagent.jar", agent()));
            }
        }
        assertThat(command.set(0, Program.JAVA)).isEqualTo("java");
        command.subList(command.size() - 2, command.size()).clear(); // -jar shop.jar
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TwoServices.class.getName()));
        return new Program(environment, command);
    }

    private static String agent() {
        return Arrays.stream(System.getProperty("java.class.path").split(System.getProperty("path.separator")))
                .filter(entry -> entry.contains("opentelemetry-javaagent"))
                .findFirst()
                .orElseThrow();
    }
}
