package dev.traced.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BulkheadTest {
    private static final int THREADS = 2;
    private static final String TOO_MANY = "{\"error\":\"too many queries at a time\"}";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Semaphore running = new Semaphore(0);
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger handled = new AtomicInteger();
    private Javalin server;

    private void start(int queue, Duration longestWait) {
        Bulkhead bulkhead = new Bulkhead("test", THREADS, queue, longestWait);
        server = HttpEdge.create(
                HttpEdge.Settings.defaults(),
                config -> config.routes.get("/", bulkhead.around(ctx -> {
                    running.release();
                    end.await();
                    handled.incrementAndGet();
                    ctx.result("done");
                })));
        HttpEdge.start(server, "127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        end.countDown();
        HttpEdge.stop(server);
    }

    @Test
    void requestThatWaitsTooLong_isRefused_andNotHandledLater() throws Exception {
        start(10, Duration.ofMillis(200));
        List<CompletableFuture<HttpResponse<String>>> handling = fill();

        HttpResponse<String> refused = get().join(); // although those before it have not ended

        assertRefused(refused);
        assertDone(handling);
        assertThat(get().join().statusCode()).isEqualTo(200);
        assertThat(handled).hasValue(THREADS + 1);
    }

    @Test
    void requestThatWaits_isHandledInItsTurn() throws Exception {
        start(10, Duration.ofSeconds(30));
        List<CompletableFuture<HttpResponse<String>>> all = fill();
        all.add(get());

        assertDone(all);
    }

    @Test
    void requestThatIsHandledForLonger_isNotRefused() throws Exception {
        start(10, Duration.ofMillis(1));
        List<CompletableFuture<HttpResponse<String>>> handling = fill();
        // The one that waits is refused once the bound is over: by then it is over for those that are handled as well.
        assertRefused(get().join());

        assertDone(handling);
    }

    @Test
    void requestBeyondTheQueue_isRefusedAtOnce() throws Exception {
        start(1, Duration.ofSeconds(30));
        List<CompletableFuture<HttpResponse<String>>> all = fill();
        CompletableFuture<HttpResponse<String>> one = get();
        CompletableFuture<HttpResponse<String>> other = get();

        // Whichever of the two came second, as the other waits.
        assertRefused((HttpResponse<?>) CompletableFuture.anyOf(one, other).join());
        all.add(one.isDone() ? other : one);
        assertDone(all);
    }

    /** As many as are handled at a time. */
    private List<CompletableFuture<HttpResponse<String>>> fill() throws InterruptedException {
        List<CompletableFuture<HttpResponse<String>>> handling = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            handling.add(get());
            running.acquire();
        }
        return handling;
    }

    private void assertDone(List<CompletableFuture<HttpResponse<String>>> answers) {
        end.countDown();
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(answer.join().body()).isEqualTo("done");
        }
    }

    private static void assertRefused(HttpResponse<?> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo(TOO_MANY);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }

    private CompletableFuture<HttpResponse<String>> get() {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/"))
                .timeout(Duration.ofSeconds(20))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }
}
