package dev.traced.tracer.propagation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.traced.tracer.Tracing;
import dev.traced.tracer.instrument.JavalinTracing;
import dev.traced.tracer.instrument.TracingHttpClient;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * A service that calls what it is told to, in the trace it is called in: {@code POST /test} takes
 * {@code [{"url": .., "arguments": ..}, ..]} and sends each arguments to its url. It is what W3C's validation suite for Trace
 * Context wants to be run against. It knows nothing of tracing but what it is wrapped in.
 */
final class TraceContextService implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Tracing tracing = Tracing.builder("trace-context-service").build();
    private final HttpClient http = TracingHttpClient.wrap(
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(LIMIT)
                    .build(),
            tracing);
    private final Javalin app;

    private TraceContextService(int port) {
        app = Javalin.create(config -> {
                    config.startup.showJavalinBanner = false;
                    config.registerPlugin(new JavalinTracing(tracing));
                    config.routes.post("/test", this::test);
                })
                .start("127.0.0.1", port);
    }

    /** With a port to listen on, 5000 if none is given. */
    public static void main(String[] args) {
        System.out.println(
                start(args.length == 0 ? 5000 : Integer.parseInt(args[0])).url());
    }

    static TraceContextService start(int port) {
        return new TraceContextService(port);
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + app.port() + "/test");
    }

    private void test(Context request) throws IOException, InterruptedException {
        for (JsonNode call : JSON.readTree(request.body())) {
            call(URI.create(call.get("url").asText()), call.get("arguments").toString());
        }
    }

    private void call(URI url, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        http.send(request, BodyHandlers.discarding());
    }

    /** Whether there is a collector for its spans is of no interest here. */
    @Override
    public void close() {
        app.stop();
        tracing.close(Duration.ZERO);
    }
}
