package dev.traced.tracer.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the collector has, by its public API. Any thread may use it. */
public final class Collector {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(2);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 10;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_WITHIN)
            .build();
    private final URI url;

    /** A trace: how many spans and logs each service has in it. */
    record Trace(boolean isComplete, Map<String, Integer> spans, Map<String, Integer> logs) {}

    /** @param url of the API, such as {@code http://localhost:8080} */
    public Collector(URI url) {
        this.url = url;
    }

    /** Whether it answers, and is well. */
    public boolean answers() throws InterruptedException {
        try {
            return ask("/health").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** A trace as it is now; nothing if there is none. */
    Optional<Trace> trace(String traceId) throws IOException, InterruptedException {
        HttpResponse<String> answer = retried(path(traceId));
        if (answer.statusCode() == 404) {
            return Optional.empty();
        }
        JsonNode trace = read(answer);
        JsonNode logs = read(retried(path(traceId) + "/logs?limit=1000"));
        return Optional.of(new Trace(
                trace.path("complete").asBoolean(), byService(trace.path("spans")), byService(logs.path("logs"))));
    }

    /** Where the dashboard shows a trace. */
    URI link(String traceId) {
        return url.resolve("/#/trace/" + traceId);
    }

    private static String path(String traceId) {
        return "/traces/" + traceId.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    }

    private static Map<String, Integer> byService(JsonNode items) {
        Map<String, Integer> counts = new TreeMap<>();
        items.forEach(item -> counts.merge(item.path("service").asText(), 1, Integer::sum));
        return counts;
    }

    private static JsonNode read(HttpResponse<String> answer) throws IOException {
        if (answer.statusCode() != 200) {
            throw new IOException(answer.uri() + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    /** 503 is the answer of one that cannot say for sure now. */
    private HttpResponse<String> retried(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = ask(path);
        for (int attempt = 1; answer.statusCode() == 503 && attempt < ATTEMPTS; attempt++) {
            Thread.sleep(500);
            answer = ask(path);
        }
        return answer;
    }

    private HttpResponse<String> ask(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(url.resolve(path)).timeout(ANSWER_WITHIN).build();
        return http.send(request, BodyHandlers.ofString());
    }
}
