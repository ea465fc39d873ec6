package dev.traced.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer that breaks off once it has begun: too late for an error, and nobody may take it for a whole one. */
@Timeout(60)
class CutAnswerTest {
    private final Bulkhead bulkhead = new Bulkhead("test", 2, 2);
    private Javalin server;

    @BeforeEach
    void start() {
        Handler begun = ctx -> write(ctx, 1 << 20);
        server = HttpEdge.create(HttpEdge.Settings.defaults(), config -> {
            config.routes.get("/own", begun);
            config.routes.get("/bulkhead", bulkhead.around(begun));
            config.routes.get("/early", bulkhead.around(ctx -> write(ctx, 0)));
            config.routes.get("/streamed/{bytes}", bulkhead.around(CutAnswerTest::stream));
        });
        HttpEdge.start(server, "127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        HttpEdge.stop(server);
    }

    private static void write(Context ctx, int bytes) throws IOException {
        byte[] random = new byte[bytes]; // which gzip cannot make small
        new Random(1).nextBytes(random);
        if (bytes > 0) {
            ctx.outputStream().write(random);
        }
        throw new IllegalStateException("in the middle");
    }

    private static void stream(Context ctx) throws IOException {
        StreamedAnswer.write(ctx, out -> {
            // Closed when it fails, as whatever writes JSON does.
            try (out) {
                out.write(
                        new byte
                                [Integer.parseInt(
                                        ctx.pathParam("bytes"))]); // which gzip makes small enough to keep back
                throw new IllegalStateException("in the middle");
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "/own,identity",
        "/own,gzip",
        "/bulkhead,identity",
        "/bulkhead,gzip",
        "/streamed/40000,identity",
        "/streamed/40000,gzip"
    })
    void answerThatFailsInTheMiddle_isBroken(String path, String encoding) {
        assertThatThrownBy(() -> get(path, encoding)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/early", "/streamed/30000"})
    void answerThatFailsBefore_isAnError(String path) throws Exception {
        HttpResponse<byte[]> answer = get(path, "identity");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("{\"error\":\"internal error\"}");
    }

    private HttpResponse<byte[]> get(String path, String encoding) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("Accept-Encoding", encoding)
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
    }
}
