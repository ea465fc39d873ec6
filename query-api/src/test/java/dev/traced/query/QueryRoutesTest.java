package dev.traced.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.http.HttpEdge;
import dev.traced.model.PartitionReader;
import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import dev.traced.topics.TraceQueryForm;
import io.javalin.Javalin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryRoutesTest {
    private static final long NOW = 1_767_225_600_000_000_000L;
    private static final TraceId TRACE = TraceId.parse("0F0E0D0C-0000-4000-8000-00000000000a");

    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeAssembler assembler = new FakeAssembler(0);
    private Optional<PartitionReader> owner = Optional.of(assembler);
    private TraceReader traces;
    private Javalin server;

    @BeforeEach
    void start() {
        traces = new TraceReader(new FakeAdmin(1).admin(), new Owner(), Duration.ofMillis(300));
        TraceReads reads = new TraceReads(traces, () -> NOW, new SimpleMeterRegistry());
        server = HttpEdge.create(HttpEdge.Settings.defaults().withMaxThreads(8), config -> {
            new QueryRoutes(reads).install(config);
            new JaegerRoutes(reads).install(config);
        });
        HttpEdge.start(server, "127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        server.stop();
        traces.close();
    }

    private final class Owner implements PartitionOwners {
        @Override
        public Optional<PartitionReader> owner(int partition) {
            return owner;
        }

        @Override
        public void refresh() {}
    }

    private HttpResponse<String> get(String pathAndQuery) throws IOException, InterruptedException {
        return send("GET", pathAndQuery);
    }

    private HttpResponse<String> send(String method, String pathAndQuery) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + pathAndQuery))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    private static TraceSummary summary(int id, long start) {
        return new TraceSummary(
                new TraceId(0, id), "shop", "GET /", start, Math.max(start, start + 1_999_999), 3, SpanStatus.ERROR);
    }

    private static Span span(int id, long start) {
        return new Span(TRACE, new SpanId(0, id), null, "s", "o", start, start, SpanStatus.OK, null);
    }

    @Test
    void list_isAsTheContractShowsIt() throws Exception {
        // Given
        assembler.holds(0, summary(2, NOW), summary(1, NOW), summary(3, NOW + 1));

        // When
        HttpResponse<String> answer = get("/traces?limit=2");

        // Then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(answer.body())
                .isEqualTo("{\"traces\":[{\"trace_id\":\"00000000-0000-0000-0000-000000000003\","
                        + "\"root_service\":\"shop\",\"root_operation\":\"GET /\",\"start_time\":1767225600000000001,"
                        + "\"end_time\":1767225600002000000,\"duration_ms\":1,\"span_count\":3,\"status\":\"error\","
                        + "\"complete\":false,\"open\":true},"
                        + "{\"trace_id\":\"00000000-0000-0000-0000-000000000001\","
                        + "\"root_service\":\"shop\",\"root_operation\":\"GET /\",\"start_time\":1767225600000000000,"
                        + "\"end_time\":1767225600001999999,\"duration_ms\":1,\"span_count\":3,\"status\":\"error\","
                        + "\"complete\":false,\"open\":true}],\"total\":3,"
                        + "\"next_cursor\":\"1767225600000000000:00000000-0000-0000-0000-000000000001\"}");
    }

    @Test
    void traceThatHasClosed_showsHowItsSpansHangTogether() throws Exception {
        // Given
        TraceShape shape = new TraceShape(true, 2, 4, List.of("cart", "shop"), true, true);
        assembler.holds(0, new TraceSummary(new TraceId(0, 1), "shop", "GET /", NOW, NOW, 3, SpanStatus.OK, shape));

        // When
        String body = get("/traces").body();

        // Then
        assertThat(body)
                .contains("\"status\":\"ok\",\"complete\":false,\"missing_parents\":2,\"depth\":4,"
                        + "\"services\":[\"cart\",\"shop\"],\"warnings\":[\"clock_skew\",\"negative_duration\"]}");
    }

    @Test
    void list_holdsTwenty_unlessAskedForMore() throws Exception {
        // Given
        IntStream.range(0, 1_200).forEach(i -> assembler.holds(0, summary(i, NOW + i)));

        // Then
        assertThat(get("/traces").body().split("trace_id", -1)).hasSize(21);
        assertThat(get("/traces?limit=1").body().split("trace_id", -1)).hasSize(2);
        assertThat(get("/traces?limit=1000").body().split("trace_id", -1)).hasSize(1001);
        assertThat(get("/traces?limit=1").body()).contains("\"total\":1200,\"next_cursor\":");
    }

    @Test
    void after_isInclusive_beforeExclusive() throws Exception {
        // Given
        assembler.holds(0, summary(1, 10), summary(2, 20), summary(3, Long.MAX_VALUE));

        // Then
        assertThat(get("/traces?after=10&before=20").body()).endsWith("\"total\":1}");
        assertThat(get("/traces?after=11&before=21").body()).endsWith("\"total\":1}");
        assertThat(get("/traces?after=11&before=20").body()).endsWith("\"total\":0}");
        assertThat(get("/traces?before=0").body()).endsWith("\"total\":0}");
        assertThat(get("/traces?after=" + Long.MAX_VALUE).body()).endsWith("\"total\":1}");
        assertThat(get("/traces?before=" + Long.MAX_VALUE).body()).endsWith("\"total\":2}");
    }

    @Test
    void firstOfARepeatedParameter_counts() throws Exception {
        // Given
        assembler.holds(0, summary(1, 10), summary(2, 20));

        // Then
        assertThat(get("/traces?after=15&after=abc&limit=5&limit=0").body()).endsWith("\"total\":1}");
        assertThat(get("/traces?limit=0&limit=5").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit=abc|limit must be a 64-bit integer, was \"abc\"",
                "limit=|limit must be a 64-bit integer, was \"\"",
                "limit|limit must be a 64-bit integer, was \"\"",
                "limit=0|limit must be 1..1000, was 0",
                "limit=1001|limit must be 1..1000, was 1001",
                "limit=-1|limit must be 1..1000, was -1",
                "limit=1.5|limit must be a 64-bit integer, was \"1.5\"",
                "limit=4294967297|limit must be 1..1000, was 4294967297",
                "limit=9223372036854775808|limit must be a 64-bit integer, was \"9223372036854775808\"",
                "after=|after must be a 64-bit integer, was \"\"",
                "after=-1|after must not be negative, was -1",
                "before=-1|before must not be negative, was -1",
                "before=|before must be a 64-bit integer, was \"\"",
                "after=1e9|after must be a 64-bit integer, was \"1e9\"",
                "before=18446744073709551616|before must be a 64-bit integer, was \"18446744073709551616\"",
                "after=-9223372036854775809|after must be a 64-bit integer, was \"-9223372036854775809\"",
                "after=5&before=5|after must be less than before, were 5 and 5",
                "after=6&before=5|after must be less than before, were 6 and 5",
                "status=bad|status must be ok or error, was \"bad\"",
                "complete=1|complete must be true or false, was \"1\"",
                "min_duration_ms=-1|min_duration_ms must not be negative, was -1",
                "min_duration_ms=x|min_duration_ms must be a 64-bit integer, was \"x\"",
                "min_duration_ms=5&max_duration_ms=4|max_duration_ms must not be less than min_duration_ms, were 4 and 5",
                "max_duration_ns=-1|max_duration_ns must not be negative, was -1",
                "min_duration_ns=1.5|min_duration_ns must be a 64-bit integer, was \"1.5\"",
                "min_duration_ns=5000000&max_duration_ms=4"
                        + "|max_duration_ms must not be less than min_duration_ns, were 4 and 5000000",
                "tag=novalue|tag must be key:value, was \"novalue\"",
                "tag=:v|tag must be key:value, was \":v\"",
                "cursor=5|cursor must be the next_cursor of an earlier answer, was \"5\"",
            })
    void badParameter_isRefused_withItsNameAndValue(String query, String error) throws Exception {
        // When
        HttpResponse<String> answer = get("/traces?" + query);

        // Then
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"error\":\"" + error.replace("\"", "\\\"") + "\"}");
        assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
        assertThat(assembler.asked).isEmpty();
    }

    /** Every condition reaches the partitions as it was asked. */
    @Test
    void filter_isPassedOn() throws Exception {
        // When
        HttpResponse<String> answer = get("/traces?service=a+b&operation=GET%20%2F&status=error&min_duration_ms=5"
                + "&min_duration_ns=5000001&max_duration_ms=9&max_duration_ns=10000000&tag=k:v:w&tag=u:%C3%A4&complete=true"
                + "&cursor=17:0f0e0d0c-0000-4000-8000-00000000000a");

        // Then
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        TraceFilter filter = new TraceFilter(
                "a b",
                "GET /",
                SpanStatus.ERROR,
                5_000_001,
                9_999_999,
                List.of(new TraceFilter.Tag("k", "v:w"), new TraceFilter.Tag("u", "\u00e4")),
                true);
        assertThat(assembler.queries)
                .containsExactly(new TraceQuery(20, 0, Long.MAX_VALUE, NOW).with(filter, new TraceCursor(17, TRACE)));
        assertThat(TraceQueryForm.read("x=1&" + TraceQueryForm.write(assembler.queries.get(0))))
                .isEqualTo(assembler.queries.get(0));
    }

    @Test
    void hostileParameter_isAnsweredShortened() throws Exception {
        // When
        HttpResponse<String> answer = get("/traces?limit=" + "9".repeat(5_000));

        // Then
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).hasSizeLessThan(200);
    }

    @Test
    void detail_showsEachSpanOnce_byStart_tiesById_theLastArrival() throws Exception {
        // Given
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("z", "1");
        tags.put("a", "\"");
        assembler.holds(
                span(17, 20), // before 2 in a hash map
                span(2, 20),
                span(1, 30),
                new Span(TRACE, new SpanId(0, 1), new SpanId(0, 2), "s", "last", 10, 12, SpanStatus.ERROR, tags));

        // When
        HttpResponse<String> answer = get("/traces/" + TRACE.toString().toUpperCase(Locale.ROOT));

        // Then
        String id = "\"trace_id\":\"0f0e0d0c-0000-4000-8000-00000000000a\",";
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(answer.body())
                .isEqualTo("{" + id + "\"complete\":true,\"missing_parents\":[],\"depth\":2,\"services\":[\"s\"],"
                        + "\"warnings\":[\"clock_skew\"],\"spans\":[{" + id
                        + "\"span_id\":\"00000000-0000-0000-0000-000000000001\","
                        + "\"parent_span_id\":\"00000000-0000-0000-0000-000000000002\",\"service\":\"s\","
                        + "\"operation\":\"last\",\"start_time\":10,\"end_time\":12,\"status\":\"error\","
                        + "\"tags\":{\"z\":\"1\",\"a\":\"\\\"\"}},"
                        + "{" + id + "\"span_id\":\"00000000-0000-0000-0000-000000000002\",\"service\":\"s\","
                        + "\"operation\":\"o\",\"start_time\":20,\"end_time\":20,\"status\":\"ok\"},"
                        + "{" + id + "\"span_id\":\"00000000-0000-0000-0000-000000000011\",\"service\":\"s\","
                        + "\"operation\":\"o\",\"start_time\":20,\"end_time\":20,\"status\":\"ok\"}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1-1-1-1-1",
                "x",
                "0f0e0d0c00004000800000000000000a",
                "0f0e0d0c-0000-4000-8000-00000000000g",
                "0f0e0d0c-0000-4000-8000-00000000000a0",
                "{0f0e0d0c-0000-4000-8000-0000000000a}"
            })
    void idThatIsNoUuid_isRefused(String id) throws Exception {
        // When
        HttpResponse<String> answer = get("/traces/" + URLEncoder.encode(id, UTF_8));

        // Then
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"error\":\"trace_id must be a UUID, was \\\"" + id + "\\\"\"}");
    }

    @Test
    void unknownTrace_isNotFound() throws Exception {
        // When
        HttpResponse<String> answer = get("/traces/" + TRACE);

        // Then
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("{\"error\":\"there is no trace " + TRACE + " in the window\"}");
    }

    @Test
    void droppedTrace_isGone_byWhichRuleAndWhen() throws Exception {
        // Given
        assembler.dropped(TRACE, "the \"rest\"", NOW + 5_000_000_000L);
        String error = "trace 0f0e0d0c-0000-4000-8000-00000000000a was dropped by rule \\\"the \\\"rest\\\"\\\""
                + " at 2026-01-01T00:00:05Z";

        // When
        HttpResponse<String> answer = get("/traces/" + TRACE);
        HttpResponse<String> jaeger = get("/api/v3/traces/0f0e0d0c00004000800000000000000a");

        // Then
        assertThat(answer.statusCode()).isEqualTo(410);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        assertThat(answer.body())
                .isEqualTo("{\"error\":\"" + error
                        + "\",\"rule\":\"the \\\"rest\\\"\",\"dropped_at\":1767225605000000000}");
        assertThat(jaeger.statusCode()).isEqualTo(410);
        assertThat(jaeger.body()).isEqualTo("{\"error\":{\"httpCode\":410,\"message\":\"" + error + "\"}}");
    }

    @Test
    void unknownRouteAndMethod_areErrorsInJson() throws Exception {
        assertThat(get("/nowhere").statusCode()).isEqualTo(404);
        assertThat(get("/nowhere").body()).isEqualTo("{\"error\":\"there is no GET /nowhere\"}");
        assertThat(send("DELETE", "/traces").statusCode()).isEqualTo(405);
        assertThat(send("DELETE", "/traces").body()).startsWith("{\"error\":\"/traces allows ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/traces", "/traces/0f0e0d0c-0000-4000-8000-00000000000a"})
    void partitionThatCannotBeRead_isUnavailable_andSaysWhenToTryAgain(String path) throws Exception {
        // Given
        owner = Optional.empty();

        // When
        HttpResponse<String> answer = get(path);

        // Then
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).contains("1");
        assertThat(answer.body()).startsWith("{\"error\":\"partitions [0] cannot be read now: ");
    }
}
