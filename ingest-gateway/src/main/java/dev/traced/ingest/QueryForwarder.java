package dev.traced.ingest;

import dev.traced.http.Bulkhead;
import dev.traced.http.HttpProblem;
import dev.traced.ingest.body.Quoted;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.Header;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Passes a request for traces on to the query service, path and query as they came, and its answer back, so that one
 * base URL serves both. For use by any number of threads; those that wait are its own.
 */
final class QueryForwarder implements Handler {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(2);

    /** So many answers in memory at a time, until they are read: slow readers must not take it all from ingest. */
    private static final int MAX_FORWARDS = 64;

    private final Handler forwards = new Bulkhead("forward-queries", MAX_FORWARDS, MAX_FORWARDS).around(this::forward);
    private final String base;
    private final Duration timeout;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();

    QueryForwarder(URI queryService, Duration timeout) {
        String text = queryService.toString();
        this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        this.timeout = timeout;
    }

    @Override
    public void handle(Context ctx) throws Exception {
        forwards.handle(ctx);
    }

    private void forward(Context ctx) {
        String query = ctx.queryString();
        String target = ctx.req().getRequestURI() + (query == null ? "" : "?" + query);
        HttpResponse<byte[]> answer;
        try {
            answer = get(Uris.encoded(target), timeout).join();
        } catch (CompletionException e) {
            throw new HttpProblem(503, unreachable());
        }
        pass(ctx, answer);
    }

    /** What is wrong with the query service; empty if nothing is. */
    Optional<String> problem() {
        try {
            HttpResponse<byte[]> answer = get("/health", HEALTH_TIMEOUT).join();
            return answer.statusCode() == 200
                    ? Optional.empty()
                    : Optional.of("the query service at " + base + " is not ready: "
                            + Quoted.bare(new String(answer.body(), StandardCharsets.UTF_8)));
        } catch (CompletionException e) {
            return Optional.of(unreachable());
        }
    }

    private CompletableFuture<HttpResponse<byte[]>> get(String target, Duration timeout) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + target))
                .timeout(timeout)
                .build();
        // The request's own timeout ends with the headers; this one covers the body.
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void pass(Context ctx, HttpResponse<byte[]> answer) {
        answer.headers().firstValue(Header.CONTENT_TYPE).ifPresent(ctx::contentType);
        answer.headers().firstValue(Header.RETRY_AFTER).ifPresent(after -> ctx.header(Header.RETRY_AFTER, after));
        ctx.status(answer.statusCode()).result(answer.body());
    }

    private String unreachable() {
        return "the query service at " + base + " cannot be reached";
    }
}
