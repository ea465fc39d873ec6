package dev.traced.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.traced.http.Bulkhead;
import dev.traced.http.HttpEdge;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TailForwarderTest {
    private static final int MAX_TAILS = 16;

    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final AtomicInteger upstreamTails = new AtomicInteger();
    private Javalin queryService;
    private TailForwarder tails;
    private Javalin gateway;

    @BeforeEach
    void start() {
        Bulkhead threads = new Bulkhead("tails", 2 * MAX_TAILS, 0);
        queryService = HttpEdge.create(HttpEdge.Settings.defaults(), config -> {
            config.routes.get("/traces/live", threads.around(this::tail));
            config.routes.get("/traces", ctx -> ctx.result("a list"));
        });
        HttpEdge.start(queryService, "127.0.0.1", 0);
        URI url = URI.create("http://127.0.0.1:" + queryService.port() + "/");
        tails = new TailForwarder(url);
        QueryForwarder queries = new QueryForwarder(url, Duration.ofSeconds(5));
        gateway = HttpEdge.create(HttpEdge.Settings.defaults(), config -> {
            config.routes.get("/traces", queries);
            config.routes.get("/traces/live", tails);
        });
        HttpEdge.start(gateway, "127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        tails.close();
        HttpEdge.stop(gateway);
        HttpEdge.stop(queryService);
    }

    /** Sends back what it was asked, and then each event as the test says; a heartbeat otherwise. */
    private void tail(Context ctx) throws IOException, InterruptedException {
        if (ctx.queryParam("bad") != null) {
            HttpEdge.error(ctx, 400, "bad is bad");
            return;
        }
        upstreamTails.incrementAndGet();
        try {
            ctx.contentType("text/event-stream").header("Cache-Control", "no-store");
            OutputStream out = ctx.res().getOutputStream();
            String asked = ctx.req().getRequestURI() + "|" + ctx.req().getQueryString() + "|"
                    + ctx.header("Last-Event-ID") + "\n";
            for (String text = asked; !"end".equals(text); text = events.poll(100, TimeUnit.MILLISECONDS)) {
                out.write((text == null ? ":\n" : text).getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } finally {
            upstreamTails.decrementAndGet();
        }
    }

    private HttpRequest.Builder request(String pathAndQuery) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + pathAndQuery))
                .timeout(Duration.ofSeconds(10))
                .header("Accept-Encoding", "gzip");
    }

    private HttpResponse<InputStream> open(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private static String next(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (":".equals(line)) {
            line = lines.readLine();
        }
        return line;
    }

    private static BufferedReader lines(HttpResponse<InputStream> answer) {
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    @Test
    void events_arePassedOnOneByOne_andTheQuestionAsItCame() throws Exception {
        HttpResponse<InputStream> answer =
                open(request("/traces/live?tag=a%20b&service=x").header("Last-Event-ID", "abc.1-2.3"));
        try (BufferedReader lines = lines(answer)) {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
            assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
            assertThat(answer.headers().firstValue("content-encoding")).isEmpty();
            assertThat(next(lines)).isEqualTo("/traces/live|tag=a%20b&service=x|abc.1-2.3");
            events.add("one\n");
            assertThat(next(lines)).isEqualTo("one");
            events.add("two\n");
            assertThat(next(lines)).isEqualTo("two");
            events.add("end");
            assertThat(next(lines)).isNull();
        }
    }

    @Test
    void refusalOfTheQueryService_isPassedOn() throws Exception {
        HttpResponse<String> answer =
                client.send(request("/traces/live?bad=1").build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"error\":\"bad is bad\"}");
    }

    @Test
    void tailsBeyondTheBound_are503_andOtherQueriesGoOn_untilAClientHangsUp() throws Exception {
        List<HttpResponse<InputStream>> open = new ArrayList<>();
        for (int i = 0; i < MAX_TAILS; i++) {
            open.add(open(request("/traces/live")));
        }
        HttpResponse<String> refused =
                client.send(request("/traces/live").build(), HttpResponse.BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("retry-after")).contains("1");
        assertThat(client.send(request("/traces").build(), HttpResponse.BodyHandlers.ofString())
                        .body())
                .isEqualTo("a list");

        for (HttpResponse<InputStream> answer : open) {
            answer.body().close();
        }
        await().until(() -> upstreamTails.get() == 0);
        try (InputStream again = open(request("/traces/live")).body()) {
            assertThat(again.read()).isEqualTo('/');
        }
    }

    @Test
    void gatewayThatStops_endsItsTails() throws Exception {
        HttpResponse<InputStream> answer = open(request("/traces/live"));
        try (BufferedReader lines = lines(answer)) {
            assertThat(next(lines)).startsWith("/traces/live");

            long start = System.nanoTime();
            tails.close();
            HttpEdge.stop(gateway);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(next(lines)).isNull();
            await().until(() -> upstreamTails.get() == 0);
        }
    }

    @Test
    void queryServiceThatIsAway_is503() throws Exception {
        HttpEdge.stop(queryService);
        HttpResponse<String> answer =
                client.send(request("/traces/live").build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("cannot be reached");
    }
}
