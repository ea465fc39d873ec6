package dev.traced.standalone.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.traced.standalone.TracedProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code traced up} with a port for each protocol, and what it has, as OTLP's JSON. */
final class Backend implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    final int grpcPort = TracedProcess.freePort();
    final int zipkinPort = TracedProcess.freePort();
    private final TracedProcess process;
    private final HttpClient client = HttpClient.newHttpClient();

    Backend(Path data, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "up",
                "--data-dir",
                data.toString(),
                "--http-port",
                "0",
                "--otlp-grpc-port",
                Integer.toString(grpcPort),
                "--zipkin-port",
                Integer.toString(zipkinPort)));
        arguments.addAll(List.of(more));
        process = TracedProcess.run(Map.of(), arguments.toArray(String[]::new)).awaitReady();
    }

    String url(String path) {
        return process.url().resolve(path).toString();
    }

    int status(String path) throws Exception {
        return ask(path).statusCode();
    }

    String metrics() throws Exception {
        return ask("/metrics").body();
    }

    void kill() {
        process.kill();
    }

    private HttpResponse<String> ask(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(url(path)))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    JsonNode get(String path) throws Exception {
        HttpResponse<String> answer = ask(path);
        return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : JSON.createObjectNode();
    }

    /** The spans of a trace by name, each with its service as {@code service}. */
    Map<String, JsonNode> spans(String traceId) throws Exception {
        Map<String, JsonNode> spans = new TreeMap<>();
        for (JsonNode resource : get("/api/v3/traces/" + traceId).path("result").path("resourceSpans")) {
            for (JsonNode scope : resource.path("scopeSpans")) {
                for (JsonNode span : scope.path("spans")) {
                    ((com.fasterxml.jackson.databind.node.ObjectNode) span)
                            .put("service", attribute(resource.path("resource"), "service.name"))
                            .put("scope", scope.path("scope").path("name").asText());
                    spans.put(span.path("name").asText(), span);
                }
            }
        }
        return spans;
    }

    static String attribute(JsonNode holder, String key) {
        for (JsonNode attribute : holder.path("attributes")) {
            if (attribute.path("key").asText().equals(key)) {
                return attribute.path("value").elements().next().asText();
            }
        }
        return "";
    }

    @Override
    public void close() {
        process.close();
    }
}
