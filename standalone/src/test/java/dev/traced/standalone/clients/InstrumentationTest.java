package dev.traced.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.traced.standalone.TracedProcess;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program with every instrumentation, as the README says to have it: all of one order is one whole trace with its logs. */
class InstrumentationTest {
    private static final String SECTION = "Instrument a service";

    @TempDir
    Path data;

    /** With what a program has anyway: an import or two, a server's configuration, a pool, the properties of a client. */
    @Test
    void howToInstrument_compiles(@TempDir Path directory) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        String block = Readme.block("Instrument a service", "java");
        String imports =
                block.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
        String code = block.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
        Path program = Files.writeString(directory.resolve("Program.java"), """
                import io.javalin.config.JavalinConfig;
                import java.net.http.HttpClient;
                import java.util.Map;
                import javax.sql.DataSource;
                import org.apache.kafka.clients.consumer.*;
                import org.apache.kafka.clients.producer.*;
                %s
                class Program {
                    void start(JavalinConfig config, DataSource pool, Map<String, Object> properties) {
                %s
                    }
                }
                """.formatted(imports, code));
        ByteArrayOutputStream said = new ByteArrayOutputStream();

        int result = compiler.run(
                null,
                said,
                said,
                "-d",
                directory.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.toString());

        assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(result).isZero();
    }

    @Test
    void orderThroughEverything_isOneCompleteTraceWithItsLogs() throws Exception {
        String kafkaPort = Integer.toString(TracedProcess.freePort());
        Path logback = Files.writeString(data.resolve("logback.xml"), Readme.block(SECTION, "xml", "<configuration>"));
        try (Backend backend =
                        new Backend(data.resolve("backend"), "--kafka-port", kafkaPort, "--trace-idle-seconds", "1");
                Program shop = new Program(
                        Map.of("OTEL_BSP_SCHEDULE_DELAY", "100", "OTEL_BLRP_SCHEDULE_DELAY", "100"),
                        List.of(
                                Program.JAVA,
                                "-Dlogback.configurationFile=" + logback,
                                "-cp",
                                System.getProperty("java.class.path"),
                                InstrumentedShop.class.getName(),
                                backend.url("/"),
                                "127.0.0.1:" + kafkaPort))) {
            assertThat(shop.get("/orders/book")).isEqualTo("7");

            JsonNode trace = Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(
                            () -> backend.get("/traces?complete=true")
                                    .path("traces")
                                    .path(0),
                            found -> found.path("span_count").asInt() == 7);
            assertThat(trace.path("root_service").asText()).isEqualTo("shop");
            assertThat(trace.path("status").asText()).isEqualTo("ok");
            String id = trace.path("trace_id").asText();
            Map<String, JsonNode> spans = backend.spans(id);
            isBelow(spans, "GET /orders/{item}", "shop", 2, null);
            isBelow(spans, "GET", "shop", 3, "GET /orders/{item}");
            isBelow(spans, "GET /stock/{item}", "warehouse", 2, "GET");
            isBelow(spans, "SELECT stock", "warehouse", 3, "GET /stock/{item}");
            isBelow(spans, "send orders", "warehouse", 4, "GET /stock/{item}");
            isBelow(spans, "process orders", "billing", 5, "send orders");
            isBelow(spans, "charge", "shop", 1, "GET /orders/{item}");
            assertThat(Backend.attribute(spans.get("SELECT stock"), "db.query.text"))
                    .isEqualTo("SELECT quantity FROM stock WHERE item = ? AND item <> ?");
            assertThat(Backend.attribute(spans.get("send orders"), "messaging.kafka.offset"))
                    .isEqualTo("0");
            hasItsLogs(backend, id, spans, shop);
        }
    }

    /** @param kind OTLP's number: 1 internal, 2 server, 3 client, 4 producer, 5 consumer */
    private static void isBelow(Map<String, JsonNode> spans, String name, String service, int kind, String parent) {
        assertThat(spans).containsKey(name);
        JsonNode span = spans.get(name);
        assertThat(span.path("service").asText()).as(name).isEqualTo(service);
        assertThat(span.path("kind").asInt()).as(name).isEqualTo(kind);
        assertThat(span.path("parentSpanId").asText())
                .as("parent of " + name)
                .isEqualTo(
                        parent == null ? "" : spans.get(parent).path("spanId").asText());
    }

    private static void hasItsLogs(Backend backend, String trace, Map<String, JsonNode> spans, Program shop) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            JsonNode logs = backend.get("/traces/" + trace + "/logs").path("logs");
            assertThat(logs.findValuesAsText("body")).containsExactlyInAnyOrder("charged, 7 left", "billed book");
            for (JsonNode log : logs) {
                String of = log.path("body").asText().equals("billed book") ? "process orders" : "charge";
                assertThat(log.path("span_id").asText().replace("-", ""))
                        .as(log.toString())
                        .endsWith(spans.get(of).path("spanId").asText());
                assertThat(log.path("severity").asText()).isEqualTo("INFO");
            }
        });
        String ids = trace.replace("-", "") + " "
                + spans.get("charge").path("spanId").asText();
        assertThat(shop.printed())
                .as("the MDC")
                .anyMatch(line -> line.contains(ids) && line.endsWith("charged, 7 left"));
    }

    /** The README's lines are lines of the program above, but for where the collector is. */
    @Test
    void linesOfTheReadme_areCompiledAndRun() throws Exception {
        String program = withoutSpace(
                Files.readString(Path.of("src/test/java/dev/traced/standalone/clients/InstrumentedShop.java")));

        List<String> lines = Readme.block(SECTION, "java")
                .lines()
                .map(line -> withoutSpace(line.replaceFirst("//.*", "")))
                .filter(line -> !line.isEmpty() && !line.startsWith("URIcollector="))
                .toList();

        assertThat(lines).hasSizeGreaterThan(6).allMatch(program::contains);
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }
}
