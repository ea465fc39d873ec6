package dev.traced.query;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.http.HttpEdge;
import dev.traced.model.DurationHistogram;
import dev.traced.model.PartitionReader;
import dev.traced.model.StatsKey;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import io.javalin.Javalin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceRoutesTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final long NOW = 1_767_225_600_000_000_000L; // where a minute begins
    private static final long AFTER = NOW - 2 * MINUTE;

    private final HttpClient client = HttpClient.newHttpClient();
    private final FakeAssembler assembler = new FakeAssembler(0, 1);
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private TraceReader traces;
    private Javalin server;

    @BeforeEach
    void start() {
        traces = new TraceReader(new FakeAdmin(2).admin(), new Owner(), Duration.ofMillis(300));
        TraceReads reads = new TraceReads(traces, () -> NOW, metrics);
        server = HttpEdge.create(HttpEdge.Settings.defaults().withMaxThreads(8), config -> {
            new QueryRoutes(reads).install(config);
            new ServiceRoutes(reads).install(config);
        });
        HttpEdge.start(server, "127.0.0.1", 0);
        page(0, null);
        page(1, null);
    }

    @AfterEach
    void stop() {
        server.stop();
        traces.close();
    }

    private final class Owner implements PartitionOwners {
        @Override
        public Optional<PartitionReader> owner(int partition) {
            return Optional.of(assembler);
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

    private static DurationHistogram durations(long... nanos) {
        DurationHistogram durations = new DurationHistogram();
        for (long one : nanos) {
            durations.add(one, 1);
        }
        return durations;
    }

    private StatsPage page(int partition, Long before) {
        StatsPage page = new StatsPage(AFTER, before, MINUTE, true, new TreeMap<>());
        assembler.statistics.put(partition, page);
        return page;
    }

    @Test
    void services_areThoseOfAllPartitions_byName() throws Exception {
        // Given
        page(0, null).line(StatsKey.named("shop")).add(1, 1, durations(64_000_000, 1_000_000_000));
        page(1, null).line(StatsKey.named("shop")).add(1, 0, durations(128_000_000));
        assembler.statistics.get(1).line(StatsKey.named("cart \"one\"")).add(7, 0, durations());

        // Then
        assertThat(get("/services").body())
                .isEqualTo("{\"after\":1767225480000000000,\"before\":null,\"complete\":true,\"services\":["
                        + "{\"service\":\"cart \\\"one\\\"\",\"traces\":7,\"spans\":0,\"errors\":0,\"error_rate\":0.0000,"
                        + "\"duration_ms\":{\"avg\":0,\"p50\":0,\"p95\":0,\"p99\":0}},"
                        + "{\"service\":\"shop\",\"traces\":2,\"spans\":3,\"errors\":1,\"error_rate\":0.3333,"
                        + "\"duration_ms\":{\"avg\":397.333333,\"p50\":127.926272,\"p95\":998.244352,"
                        + "\"p99\":998.244352}}]}");
    }

    @Test
    void operations_areThoseOfTheService() throws Exception {
        // Given
        page(0, null).line(StatsKey.named("GET /")).add(1, 0, durations(1));

        // Then
        assertThat(get("/services/caf%C3%A9%2Fshop/operations").body())
                .isEqualTo(
                        "{\"after\":1767225480000000000,\"before\":null,\"complete\":true,\"operations\":[{\"operation\":\"GET /\","
                                + "\"traces\":1,\"spans\":1,\"errors\":0,\"error_rate\":0.0000,"
                                + "\"duration_ms\":{\"avg\":0.000001,\"p50\":0.000001,\"p95\":0.000001,\"p99\":0.000001}}]}");
        assertThat(assembler.statsQueries.get(0))
                .isEqualTo(new StatsQuery(StatsQuery.By.OPERATION, "café/shop", null, 0, null, NOW));
    }

    @Test
    void answer_isNotComplete_ifAPartitionHadMoreNamesThanRoom() throws Exception {
        assembler.statistics.put(1, new StatsPage(AFTER, null, MINUTE, false, new TreeMap<>()));

        assertThat(get("/services").body()).contains("\"complete\":false");
        assertThat(get("/stats").body()).contains("\"complete\":false");
    }

    @Test
    void serviceWithoutAName_hasOperations() throws Exception {
        assertThat(get("/services//operations").statusCode()).isEqualTo(200);
        assertThat(assembler.statsQueries.get(0).service()).isEmpty();
    }

    @Test
    void stats_haveALineForEveryMinute_upToTheCurrentOne() throws Exception {
        // Given
        page(0, null).line(StatsKey.startingAt(AFTER + MINUTE)).add(1, 1, durations(Long.MAX_VALUE, Long.MAX_VALUE));
        page(1, null).line(StatsKey.FUTURE).add(1, 0, durations(0, 0));

        // Then
        String none = ",\"traces\":0,\"spans\":0,\"errors\":0,\"error_rate\":0.0000,"
                + "\"duration_ms\":{\"avg\":0,\"p50\":0,\"p95\":0,\"p99\":0}}";
        assertThat(get("/stats?service=shop&operation=").body())
                .isEqualTo("{\"after\":1767225480000000000,\"before\":null,\"complete\":true,"
                        + "\"traces\":2,\"spans\":4,\"errors\":1,\"error_rate\":0.2500,\"duration_ms\":"
                        + "{\"avg\":4611686018427.387904,\"p50\":0,\"p95\":9151314442816.847872,"
                        + "\"p99\":9151314442816.847872},"
                        + "\"step_seconds\":60,\"series\":[{\"start_time\":1767225480000000000" + none
                        + ",{\"start_time\":1767225540000000000,"
                        + "\"traces\":1,\"spans\":2,\"errors\":1,\"error_rate\":0.5000,\"duration_ms\":"
                        + "{\"avg\":9223372036854.775807,\"p50\":9151314442816.847872,"
                        + "\"p95\":9151314442816.847872,\"p99\":9151314442816.847872}},"
                        + "{\"start_time\":1767225600000000000" + none + "]}");
        assertThat(assembler.statsQueries.get(0))
                .isEqualTo(new StatsQuery(StatsQuery.By.TIME, "shop", "", 0, null, NOW));
    }

    @Test
    void series_endsWithTheMinutesAskedFor_andGoesOnForTracesDatedAhead() throws Exception {
        page(0, NOW);
        page(1, NOW);
        assertThat(get("/stats?before=" + (NOW - 1)).body())
                .contains("\"before\":1767225600000000000,")
                .containsOnlyOnce("\"start_time\":1767225480000000000")
                .containsOnlyOnce("\"start_time\":1767225540000000000")
                .doesNotContain("\"start_time\":1767225600000000000");

        page(0, Long.MAX_VALUE).line(StatsKey.startingAt(NOW + 3 * MINUTE)).add(1, 0, durations(0));
        page(1, Long.MAX_VALUE);
        assertThat(get("/stats?before=" + Long.MAX_VALUE).body().split("start_time", -1))
                .hasSize(1 + 6);
    }

    @Test
    void series_ofALongWindow_hasALongerStep() throws Exception {
        // Given
        long step = 12 * MINUTE;
        long after = NOW - 2 * step;
        for (int partition = 0; partition < 2; partition++) {
            assembler.statistics.put(partition, new StatsPage(after, null, step, true, new TreeMap<>()));
        }
        assembler.statistics.get(1).line(StatsKey.startingAt(after + step)).add(7, 0, durations(1));

        // When
        String answer = get("/stats").body();

        // Then
        assertThat(answer).contains("\"step_seconds\":720,\"series\":[{\"start_time\":" + after + ",\"traces\":0,");
        assertThat(answer).contains("{\"start_time\":" + (after + step) + ",\"traces\":7,");
        assertThat(answer).contains("{\"start_time\":" + NOW + ",\"traces\":0,");
        assertThat(answer.split("start_time", -1)).hasSize(1 + 3);
    }

    @Test
    void dependencies_areCallsBetweenServices() throws Exception {
        // Given
        page(0, null).line(StatsKey.call("shop", "cart")).add(0, 1, durations(2_000_000, 4_000_000));

        // Then
        assertThat(get("/dependencies").body())
                .isEqualTo("{\"after\":1767225480000000000,\"before\":null,\"complete\":true,\"dependencies\":["
                        + "{\"caller\":\"shop\",\"callee\":\"cart\",\"calls\":2,\"errors\":1,\"error_rate\":0.5000,"
                        + "\"avg_ms\":3,\"p50_ms\":1.998848,\"p95_ms\":3.997696}]}");
    }

    @Test
    void times_arePassedOn() throws Exception {
        get("/services?after=5&before=9");

        assertThat(assembler.statsQueries).containsOnly(new StatsQuery(StatsQuery.By.SERVICE, null, null, 5, 9L, NOW));
    }

    @ParameterizedTest
    @CsvSource({
        "/services?after=x, after must be a 64-bit integer",
        "/stats?before=-1, 'before must not be negative, was -1'",
        "/dependencies?after=9&before=9, 'after must be less than before, were 9 and 9'",
        "/services/shop/operations?after=9223372036854775808, after must be a 64-bit integer"
    })
    void wrongParameters_areRefused(String path, String error) throws Exception {
        HttpResponse<String> answer = get(path);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"error\":\"" + error);
        assertThat(assembler.statsQueries).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stats?service=", "/stats?operation=", "/services/"})
    void namesThatAreTooLong_areRefused(String path) throws Exception {
        String tail = path.equals("/services/") ? "/operations" : "";
        String euro = "%E2%82%AC"; // of three bytes

        assertThat(get(path + euro.repeat(341) + tail).statusCode()).isEqualTo(200);
        HttpResponse<String> answer = get(path + euro.repeat(341) + "ab" + tail);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("must be at most 1024 bytes of UTF-8, was 1025");
    }

    @Test
    void partitionThatCannotBeRead_isA503_neverAPartOfTheSums() throws Exception {
        page(0, null).line(StatsKey.named("shop")).add(1, 0, durations(1));
        assembler.failing(Integer.MAX_VALUE);

        HttpResponse<String> answer = get("/services");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains("partitions [0, 1] cannot be read now: restoring");
    }

    @Test
    void assemblersWithDifferentWindows_areA503() throws Exception {
        page(0, null);
        assembler.statistics.put(1, new StatsPage(AFTER + 1, null, MINUTE, true, new TreeMap<>()));
        assertThat(get("/services").statusCode()).isEqualTo(503);

        assembler.statistics.put(1, new StatsPage(AFTER, null, 2 * MINUTE, true, new TreeMap<>()));
        assertThat(get("/services").statusCode()).isEqualTo(503);
    }

    @Test
    void queries_areTimed() throws Exception {
        get("/services");

        assertThat(metrics.get("traced.query").tag("query", "stats").timer().count())
                .isOne();
    }
}
