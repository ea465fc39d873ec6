package dev.traced.standalone.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenTelemetry's SDK for Node.js with its HTTP instrumentation, which exports JSON. */
class NodeTest {
    private static final Path PROGRAM = Path.of("src/test/resources/clients/node");

    @TempDir
    Path directory;

    @Test
    void programInNode_isOneTrace() throws Exception {
        assumeTrue(ends(List.of("node", "--version")), "there is no Node.js on this machine");
        for (String file : List.of("package.json", "main.js")) {
            Files.copy(PROGRAM.resolve(file), directory.resolve(file));
        }
        assumeTrue(ends(List.of("npm", "ping")), "npm's registry cannot be reached");
        assertThat(ends(List.of("npm", "install", "--no-audit", "--no-fund", "--silent")))
                .as("npm install")
                .isTrue();
        try (Backend backend = new Backend(directory.resolve("data"))) {
            File printed = directory.resolve("out").toFile();
            Process program = new ProcessBuilder("node", "main.js", backend.url("/v1/traces"))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(printed)
                    .start();
            assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
            String output = Files.readString(printed.toPath(), StandardCharsets.UTF_8);
            assertThat(program.exitValue()).as(output).isZero();

            JsonNode detail = backend.get("/traces/" + OpenTelemetrySdkTest.uuid(output.trim()));

            assertThat(detail.path("spans")).as(output + detail).hasSize(5); // buy, and two calls with both their ends
            Map<String, JsonNode> spans = backend.spans(output.trim());
            assertThat(spans.get("buy").path("service").asText()).isEqualTo("shop-js");
            long roots = 0;
            long events = 0;
            for (JsonNode span : backend.get("/api/v3/traces/" + output.trim()).findValues("spanId")) {
                assertThat(span.asText()).hasSize(16);
            }
            for (JsonNode span : detail.path("spans")) {
                roots += span.has("parent_span_id") ? 0 : 1;
            }
            for (JsonNode name : backend.get("/api/v3/traces/" + output.trim()).findValues("events")) {
                events += name.get(0).path("name").asText().equals("cart loaded") ? 1 : 0;
            }
            assertThat(roots).isEqualTo(1);
            assertThat(events).isEqualTo(1);
        }
    }

    private boolean ends(List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(120, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }
}
