package dev.traced.ingest;

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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Passes a request for traces on to the query service, path and query as they came, and its answer back, so that one
 * base URL serves both. For use by any number of threads; none of them waits.
 */
final class QueryForwarder implements Handler {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(2);

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

    /** So many at a time: their answers are in memory, and slow readers must not take it all from ingest. */
    private final Semaphore room = new Semaphore(64);

    @Override
    public void handle(Context ctx) {
        String query = ctx.queryString();
        String target = ctx.req().getRequestURI() + (query == null ? "" : "?" + query);
        if (!room.tryAcquire()) {
            throw new HttpProblem(503, "too many queries at a time");
        }
        ctx.future(() -> get(Uris.encoded(target), timeout)
                .whenComplete((answer, failure) -> room.release())
                .handle((answer, failure) -> pass(ctx, answer, failure)));
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

    private @Nullable Void pass(Context ctx, @Nullable HttpResponse<byte[]> answer, @Nullable Throwable failure) {
        if (answer == null || failure != null) {
            throw new HttpProblem(503, unreachable());
        }
        answer.headers().firstValue(Header.CONTENT_TYPE).ifPresent(ctx::contentType);
        answer.headers().firstValue(Header.RETRY_AFTER).ifPresent(after -> ctx.header(Header.RETRY_AFTER, after));
        ctx.status(answer.statusCode()).result(answer.body());
        return null;
    }

    private String unreachable() {
        return "the query service at " + base + " cannot be reached";
    }
}
