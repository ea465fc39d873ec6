package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.http.HttpEdge;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A detail that fails while it is written is no answer, whether little or much of it had left. */
@Timeout(60)
class BrokenDetailTest {
    private static final TraceId TRACE = new TraceId(1, 2);

    private Javalin server;
    private int spansBefore;

    @BeforeEach
    void start() {
        server = HttpEdge.create(
                HttpEdge.Settings.defaults(),
                config -> config.routes.get("/", ctx -> {
                    TraceDetail trace = new TraceDetail(new Broken(), new TraceShape.Builder().build(), List.of());
                    QueryRoutes.answer(ctx, TRACE, trace);
                }));
        HttpEdge.start(server, "127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        HttpEdge.stop(server);
    }

    /** Fails at a span. */
    private final class Broken extends AbstractList<Span> {
        @Override
        public Span get(int index) {
            if (index == spansBefore) {
                throw new IllegalStateException("in the middle");
            }
            return new Span(TRACE, new SpanId(0, index), null, "s", "o", 1, 2, SpanStatus.OK, null);
        }

        @Override
        public int size() {
            return spansBefore + 1;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip"})
    void muchOfIt_isABrokenConnection(String encoding) {
        spansBefore = 1_000;

        assertThatThrownBy(() -> get(encoding)).isInstanceOf(IOException.class);
    }

    @Test
    void littleOfIt_isAnError() throws Exception {
        spansBefore = 3;

        HttpResponse<String> answer = get("identity");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).isEqualTo("{\"error\":\"internal error\"}");
    }

    private HttpResponse<String> get(String encoding) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/"))
                .header("Accept-Encoding", encoding)
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
