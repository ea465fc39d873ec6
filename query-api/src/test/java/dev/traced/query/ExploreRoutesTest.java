package dev.traced.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.http.HttpEdge;
import dev.traced.model.CompareQuery;
import dev.traced.model.OverviewQuery;
import dev.traced.model.PartitionReader;
import dev.traced.model.RollingWindow;
import dev.traced.model.SpanStatus;
import dev.traced.model.StartRange;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import dev.traced.model.Trait;
import dev.traced.model.TraitSample;
import dev.traced.model.TraitSample.Count;
import dev.traced.topics.CompareQueryForm;
import dev.traced.topics.OverviewQueryForm;
import io.javalin.Javalin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExploreRoutesTest {
    private static final long SECOND = 1_000_000_000;
    private static final long NOW = 1_767_225_600 * SECOND; // where a minute begins

    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeAssembler assembler = new FakeAssembler(0);
    private final FakeAssembler other = new FakeAssembler(1);
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private TraceReader traces;
    private Javalin server;

    @BeforeEach
    void start() {
        traces = new TraceReader(new FakeAdmin(2).admin(), new Owners(), Duration.ofMillis(300));
        TraceReads reads = new TraceReads(traces, () -> NOW, metrics);
        server = HttpEdge.create(HttpEdge.Settings.defaults().withMaxThreads(8), config -> {
            new ExploreRoutes(reads).install(config);
            new QueryRoutes(reads).install(config);
        });
        HttpEdge.start(server, "127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        server.stop();
        traces.close();
    }

    private final class Owners implements PartitionOwners {
        @Override
        public Optional<PartitionReader> owner(int partition) {
            return Optional.of(partition == 0 ? assembler : other);
        }

        @Override
        public void refresh() {}
    }

    private HttpResponse<String> get(String pathAndQuery) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + pathAndQuery))
                        .build(),
                HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    private static TraceSummary trace(int id, long start, long durationNanos, SpanStatus status) {
        return new TraceSummary(new TraceId(0, id), "shop", "GET /", start, start + durationNanos, 3, status);
    }

    @Test
    void overview_isOfAllPartitions() throws Exception {
        // Given
        assembler.holds(
                0,
                trace(1, NOW - 30 * SECOND, 1_000_000, SpanStatus.OK),
                trace(2, NOW - 1, 1_048_575, SpanStatus.ERROR),
                trace(3, NOW + 10 * SECOND, Long.MAX_VALUE - NOW - 10 * SECOND, SpanStatus.ERROR));
        other.holds(1, trace(4, NOW - 30 * SECOND, 0, SpanStatus.OK), trace(5, NOW, 5_000_000_000L, SpanStatus.OK));

        // Then
        String none = "\"p50_ns\":null,\"p95_ns\":null,\"p99_ns\":null,\"durations\":[]}";
        assertThat(get("/traces/overview?steps=6&after=" + (NOW - 35 * SECOND)).body())
                .isEqualTo("{\"after\":1767225565000000000,\"before\":1767225610000000000,\"step_ns\":10000000000,"
                        + "\"total\":5,\"errors\":2,\"later\":1,"
                        + "\"p50_ns\":1040384,\"p95_ns\":" + later() + ",\"p99_ns\":" + later() + ","
                        + "\"steps\":[{\"time\":1767225560000000000,\"traces\":0,\"errors\":0," + none
                        + ",{\"time\":1767225570000000000,\"traces\":2,\"errors\":0,"
                        + "\"p50_ns\":0,\"p95_ns\":999424,\"p99_ns\":999424,"
                        + "\"durations\":[[0,16,1,0],[917504,1048576,1,0]]}"
                        + ",{\"time\":1767225580000000000,\"traces\":0,\"errors\":0," + none
                        + ",{\"time\":1767225590000000000,\"traces\":1,\"errors\":1,"
                        + "\"p50_ns\":1040384,\"p95_ns\":1040384,\"p99_ns\":1040384,"
                        + "\"durations\":[[917504,1048576,1,1]]}"
                        + ",{\"time\":1767225600000000000,\"traces\":1,\"errors\":0,"
                        + "\"p50_ns\":4966055936,\"p95_ns\":4966055936,\"p99_ns\":4966055936,"
                        + "\"durations\":[[4294967296,5368709120,1,0]]}]}");
    }

    /** The longest of the traces, to its bucket. */
    private static String later() {
        long duration = Long.MAX_VALUE - NOW - 10 * SECOND;
        long width = Long.highestOneBit(duration) / 64;
        return String.valueOf(duration / width * width);
    }

    @Test
    void overviewOfNoTraces_hasEveryStep() throws Exception {
        String body = get("/traces/overview").body();

        assertThat(body)
                .startsWith("{\"after\":1767223795000000000,\"before\":1767225660000000000,\"step_ns\":60000000000,"
                        + "\"total\":0,\"errors\":0,\"later\":0,\"p50_ns\":null,");
        assertThat(body.split("\"time\"", -1)).hasSize(1 + 32);
    }

    @Test
    void overview_ofATimeBeforeTheWindow_isEmpty() throws Exception {
        assertThat(get("/traces/overview?after=5&before=9").body())
                .isEqualTo("{\"after\":9,\"before\":9,\"step_ns\":1,\"total\":0,\"errors\":0,\"later\":0,"
                        + "\"p50_ns\":null,\"p95_ns\":null,\"p99_ns\":null,\"steps\":[]}");
    }

    /** The same conditions as those of the list, and each reaches the partitions. */
    @Test
    void parametersOfOverview_arePassedOn() throws Exception {
        get("/traces/overview?steps=200&after=5&before=9&service=a+b&operation=o&status=ok&min_duration_ms=1"
                + "&max_duration_ns=1999999&tag=k:v&complete=false");

        TraceFilter filter = new TraceFilter(
                "a b", "o", SpanStatus.OK, 1_000_000, 1_999_999, List.of(new TraceFilter.Tag("k", "v")), false);
        OverviewQuery query = new OverviewQuery(200, 5, 9L, NOW, filter);
        assertThat(assembler.overviewQueries).containsExactly(query);
        assertThat(OverviewQueryForm.read("x=1&" + OverviewQueryForm.write(query)))
                .isEqualTo(query);
    }

    @Test
    void comparison_isOfAllPartitions() throws Exception {
        // Given
        Trait region = new Trait(Trait.Scope.RESOURCE, "shop", "cloud.region", "e\"u");
        Trait service = new Trait(Trait.Scope.SERVICE, null, "service", "cart");
        Trait common = new Trait(Trait.Scope.KIND, null, "kind", "server");
        TraitSample.Side fifty = new TraitSample.Side(50, 50);
        assembler.samples.put(
                0,
                new TraitSample(
                        fifty,
                        new TraitSample.Side(1_000, 100),
                        Map.of(region, new Count(30, 1), service, new Count(5, 90), common, new Count(50, 100))));
        other.samples.put(1, new TraitSample(fifty, fifty, Map.of(region, new Count(30, 0))));

        // When
        String answer = get("/compare?selected_status=error").body();

        // Then
        assertThat(answer)
                .isEqualTo("{\"selected\":{\"total\":100,\"sampled\":100},\"rest\":{\"total\":1050,\"sampled\":150},"
                        + "\"differences\":[{\"scope\":\"service\",\"service\":null,\"key\":\"service\",\"value\":\"cart\","
                        + "\"selected\":{\"traces\":5,\"share\":0.05},\"rest\":{\"traces\":90,\"share\":0.857143},"
                        + "\"difference\":-0.807143},"
                        + "{\"scope\":\"resource\",\"service\":\"shop\",\"key\":\"cloud.region\",\"value\":\"e\\\"u\","
                        + "\"selected\":{\"traces\":60,\"share\":0.6},\"rest\":{\"traces\":1,\"share\":0.009524},"
                        + "\"difference\":0.590476},"
                        + "{\"scope\":\"kind\",\"service\":null,\"key\":\"kind\",\"value\":\"server\","
                        + "\"selected\":{\"traces\":50,\"share\":0.5},\"rest\":{\"traces\":100,\"share\":0.952381},"
                        + "\"difference\":-0.452381}]}");
    }

    @Test
    void comparison_saysThatTraitsWereLeftOut() throws Exception {
        TraitSample.Side none = new TraitSample.Side(0, 0);
        other.samples.put(1, new TraitSample(none, none, Map.of(), true));

        assertThat(get("/compare?selected_status=error").body())
                .isEqualTo("{\"selected\":{\"total\":0,\"sampled\":0},\"rest\":{\"total\":0,\"sampled\":0},"
                        + "\"differences\":[],\"traits_left_out\":true}");
    }

    /** Both sets of parameters reach the partitions, each for itself. */
    @Test
    void parametersOfComparison_arePassedOn() throws Exception {
        HttpResponse<String> answer = get("/compare?after=1&before=9&service=a+b&selected_after=2&selected_before=5"
                + "&selected_service=c&selected_operation=o&selected_status=ok&selected_min_duration_ms=1"
                + "&selected_max_duration_ns=1999999&selected_tag=k:v&selected_complete=false");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        CompareQuery query = new CompareQuery(
                new StartRange(1, 8),
                new TraceFilter("a b", null, null, 0, Long.MAX_VALUE, List.of(), null),
                new StartRange(2, 4),
                new TraceFilter(
                        "c", "o", SpanStatus.OK, 1_000_000, 1_999_999, List.of(new TraceFilter.Tag("k", "v")), false),
                NOW);
        assertThat(assembler.compareQueries).containsExactly(query);
        assertThat(CompareQueryForm.read("most=1&" + CompareQueryForm.write(query)))
                .isEqualTo(query);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/traces/overview?steps=1|steps must be 2..200, was 1",
                "/traces/overview?steps=4294967298|steps must be 2..200, was 4294967298",
                "/traces/overview?steps=201|steps must be 2..200, was 201",
                "/traces/overview?tag=a:b&tag=%ff|tag cannot be decoded, was \\\"%ff\\\"",
                "/compare?selected_tag=a:b&selected_tag=%ff|selected_tag cannot be decoded, was \\\"%ff\\\"",
                "/traces/overview?status=ok&status=%c3|status cannot be decoded, was \\\"%c3\\\"",
                "/traces?cursor=%ff|cursor cannot be decoded, was \\\"%ff\\\"",
                "/traces/overview?%61fter=%ff|after cannot be decoded, was \\\"%ff\\\"",
                "/traces/overview?aft%c3er=5|a parameter's name cannot be decoded, was \\\"aft%c3er\\\"",
                "/traces/overview?steps=|steps must be a 64-bit integer, was \\\"\\\"",
                "/traces/overview?after=9&before=9|after must be less than before, were 9 and 9",
                "/traces/overview?before=-1|before must not be negative, was -1",
                "/traces/overview?status=bad|status must be ok or error, was \\\"bad\\\"",
                "/traces/overview?min_duration_ns=2&max_duration_ns=1"
                        + "|max_duration_ns must not be less than min_duration_ns, were 1 and 2",
                "/compare?selected_after=9&selected_before=9"
                        + "|selected_after must be less than selected_before, were 9 and 9",
                "/compare?selected_after=x|selected_after must be a 64-bit integer, was \\\"x\\\"",
                "/compare?after=-1&selected_after=1|after must not be negative, was -1",
                "/compare?selected_before=-1|selected_before must not be negative, was -1",
                "/compare?selected_status=bad|selected_status must be ok or error, was \\\"bad\\\"",
                "/compare?selected_tag=x|selected_tag must be key:value, was \\\"x\\\"",
                "/compare?selected_complete=1|selected_complete must be true or false, was \\\"1\\\"",
                "/compare?selected_min_duration_ns=2000000&selected_max_duration_ms=1"
                        + "|selected_max_duration_ms must not be less than selected_min_duration_ns, were 1 and 2000000"
            })
    void wrongParameters_areRefused(String path, String error) throws Exception {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"error\":\"" + error + "\"}");
        assertThat(assembler.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/compare", "/compare?service=shop&after=1"})
    void comparisonWithoutASelection_isRefused(String path) throws Exception {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .startsWith("{\"error\":\"nothing is selected: at least one of selected_after, selected_before,");
        assertThat(assembler.asked).isEmpty();
    }

    /** Something was asked for, but no trace is without it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "selected_after=0",
                "selected_min_duration_ms=0",
                "selected_min_duration_ns=0",
                "selected_max_duration_ns=9223372036854775807"
            })
    void comparisonOfEverything_isRefused_andSaysWhy(String selection) throws Exception {
        HttpResponse<String> answer = get("/compare?service=shop&" + selection);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .isEqualTo("{\"error\":\"everything is selected: " + selection
                        + " is true of every trace, so that there is no rest to compare with\"}");
        assertThat(assembler.asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/traces/overview", "/compare?selected_status=error"})
    void partitionThatCannotBeRead_isA503_neverAPartOfTheAnswer(String path) throws Exception {
        other.failing(Integer.MAX_VALUE);

        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains("partitions [1] cannot be read now: restoring");
    }

    @Test
    void assemblersWithDifferentWindows_areA503() throws Exception {
        other.window = new RollingWindow(Duration.ofMinutes(31), Duration.ofSeconds(5));

        assertThat(get("/traces/overview").statusCode()).isEqualTo(503);
    }

    @Test
    void queries_areTimed() throws Exception {
        get("/traces/overview");
        get("/compare?selected_status=ok");

        for (String query : List.of("overview", "compare")) {
            assertThat(metrics.get("traced.query").tag("query", query).timer().count())
                    .isOne();
        }
    }
}
