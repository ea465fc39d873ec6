package dev.traced.testing.verify.wire;

import com.fasterxml.jackson.databind.JsonNode;
import dev.traced.testing.verify.wire.AnswerJson.MalformedException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The traced API of one base URL. Never retries, never waits longer than its timeout, and turns every failure into an {@link Answer}. Thread-safe. */
public final class TracedClient {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

    private final String baseUrl;
    private final Duration timeout;
    private final HttpClient http;

    public TracedClient(URI baseUrl) {
        this(baseUrl, DEFAULT_TIMEOUT);
    }

    public TracedClient(URI baseUrl, Duration timeout) {
        this.baseUrl = baseUrl.toString().replaceFirst("/+$", "");
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .build();
    }

    /** {@code POST /spans}; ok only for a 202. */
    public Answer<String> post(List<WireSpan> spans) {
        return post(SpanJson.plain(spans));
    }

    public Answer<String> post(byte[] body) {
        HttpRequest request = to("/spans")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        return exchange(request, 202, AnswerJson::status);
    }

    /** {@code GET /traces}. A list that says it is not complete is no answer. */
    public Answer<ListedTraces> list(ListQuery query) {
        return exchange(to(query.path()).GET().build(), 200, AnswerJson::list);
    }

    /** {@code GET /traces/{trace_id}}, with the id as given; the answer has to have it in lower case. */
    public Answer<List<WireSpan>> get(String traceId) {
        HttpRequest request = to("/traces/" + traceId).GET().build();
        return exchange(request, 200, answer -> AnswerJson.spans(answer, traceId.toLowerCase(Locale.ROOT)));
    }

    /** {@code GET /health}. */
    public Answer<String> health() {
        return exchange(to("/health").GET().build(), 200, AnswerJson::status);
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(baseUrl + path)).timeout(timeout);
    }

    private <T> Answer<T> exchange(HttpRequest request, int success, BodyReader<T> reader) {
        long start = System.nanoTime();
        // The request's own timeout ends with the headers: a body that stalls would hang send() forever.
        CompletableFuture<HttpResponse<byte[]>> pending = http.sendAsync(request, BodyHandlers.ofByteArray());
        try {
            HttpResponse<byte[]> response = pending.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return answer(response, success, reader, System.nanoTime() - start);
        } catch (ExecutionException e) {
            return noAnswer(String.valueOf(e.getCause()), start);
        } catch (TimeoutException e) {
            pending.cancel(true);
            return noAnswer("timed out after " + timeout, start);
        } catch (InterruptedException e) {
            pending.cancel(true);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for " + request.uri());
        }
    }

    private static <T> Answer<T> noAnswer(String error, long start) {
        return new Answer<>(0, null, error, true, null, System.nanoTime() - start);
    }

    private static <T> Answer<T> answer(
            HttpResponse<byte[]> response, int success, BodyReader<T> reader, long tookNanos) {
        int status = response.statusCode();
        if (status != success) {
            String error = AnswerJson.error(response.body());
            return new Answer<>(status, null, error, status == 503, retryAfter(response), tookNanos);
        }
        try {
            JsonNode body = AnswerJson.parse(response.body());
            if (AnswerJson.isIncomplete(body)) {
                return new Answer<>(status, null, "\"complete\": false", true, null, tookNanos);
            }
            return new Answer<>(status, reader.read(body), "", false, null, tookNanos);
        } catch (MalformedException e) {
            return new Answer<>(status, null, "malformed: " + e.getMessage(), false, null, tookNanos);
        }
    }

    private static @Nullable Duration retryAfter(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(value -> SECONDS.matcher(value).matches())
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .orElse(null);
    }

    private interface BodyReader<T> {
        T read(JsonNode body) throws MalformedException;
    }
}
