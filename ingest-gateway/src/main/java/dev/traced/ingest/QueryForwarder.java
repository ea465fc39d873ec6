package dev.traced.ingest;

import dev.traced.http.Bulkhead;
import dev.traced.http.HttpProblem;
import dev.traced.ingest.body.Quoted;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.Header;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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

    /** What the query service answers by: which encoding, and whether the client has it already. */
    private static final List<String> ASKED_WITH = List.of(Header.ACCEPT_ENCODING, Header.IF_NONE_MATCH);

    /** Its body is passed on as it came, compressed or not, so all that says how to take it goes along. */
    private static final List<String> ANSWERED_WITH = List.of(
            Header.CONTENT_ENCODING,
            Header.RETRY_AFTER,
            Header.CACHE_CONTROL,
            Header.ETAG,
            Header.CONTENT_SECURITY_POLICY,
            Header.X_CONTENT_TYPE_OPTIONS,
            Header.REFERRER_POLICY,
            Header.CROSS_ORIGIN_OPENER_POLICY);

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
            HttpRequest.Builder request = request(Uris.encoded(target), timeout)
                    .method(ctx.req().getMethod(), HttpRequest.BodyPublishers.noBody());
            for (String header : ASKED_WITH) {
                String value = ctx.header(header);
                if (value != null) {
                    request.header(header, value);
                }
            }
            answer = send(request.build(), timeout).join();
        } catch (CompletionException e) {
            throw new HttpProblem(503, unreachable());
        }
        pass(ctx, answer);
    }

    /** What is wrong with the query service; empty if nothing is. */
    Optional<String> problem() {
        try {
            HttpResponse<byte[]> answer = send(
                            request("/health", HEALTH_TIMEOUT).build(), HEALTH_TIMEOUT)
                    .join();
            return answer.statusCode() == 200
                    ? Optional.empty()
                    : Optional.of("the query service at " + base + " is not ready: "
                            + Quoted.bare(new String(answer.body(), StandardCharsets.UTF_8)));
        } catch (CompletionException e) {
            return Optional.of(unreachable());
        }
    }

    private HttpRequest.Builder request(String target, Duration timeout) {
        return HttpRequest.newBuilder(URI.create(base + target)).timeout(timeout);
    }

    private CompletableFuture<HttpResponse<byte[]>> send(HttpRequest request, Duration timeout) {
        // The request's own timeout ends with the headers; this one covers the body.
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void pass(Context ctx, HttpResponse<byte[]> answer) {
        answer.headers().firstValue(Header.CONTENT_TYPE).ifPresent(ctx::contentType);
        for (String header : ANSWERED_WITH) {
            answer.headers().firstValue(header).ifPresent(value -> ctx.header(header, value));
        }
        // Beside what this server's own answers vary by.
        answer.headers().allValues(Header.VARY).forEach(value -> ctx.res().addHeader(Header.VARY, value));
        ctx.status(answer.statusCode());
        if (ctx.method().equals(HandlerType.HEAD)) {
            answer.headers().firstValueAsLong(Header.CONTENT_LENGTH).ifPresent(ctx.res()::setContentLengthLong);
        } else {
            ctx.result(answer.body());
        }
    }

    private String unreachable() {
        return "the query service at " + base + " cannot be reached";
    }
}
