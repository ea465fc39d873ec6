package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.traced.assembler.sampling.TailFraction;
import dev.traced.model.TraceId;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.ListedTrace;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tail sampling as its users see it, through a kill. */
@Timeout(value = FullLength.MINUTES, unit = TimeUnit.MINUTES)
class TailSamplingEndToEndTest {
    private static final int TRACES = 300;
    private static final String ROOT = "00000000-0000-4000-8000-000000000001";
    private static final Pattern GONE = Pattern.compile(
            "\\{\"error\":\"trace \\S+ was dropped by rule \\\\\"rest\\\\\" at [-0-9T:.]+Z\",\"rule\":\"rest\",\"dropped_at\":(\\d{19})}");

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void verdicts_areTheSameAfterAKill_andALateErrorBringsATraceBack() throws Exception {
        Path rules = directory.resolve("rules.json");
        Files.writeString(rules, "[{\"name\":\"errors\",\"status\":\"error\"},{\"name\":\"rest\",\"keep\":0.3}]\n");
        String[] more = {"--tail-sampling", "@" + rules, "--trace-idle-seconds", "1"};
        Path data = directory.resolve("data");
        long seed = FullLength.seed();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        TracedProcess up = TracedProcess.up(data, more);
        int port = up.port();
        URI base = URI.create("http://127.0.0.1:" + port);
        try {
            List<WireSpan> roots = post(up, random, TRACES);
            awaitVerdicts(base, roots);
            Map<String, String> before = verdicts(base, roots);
            roots.addAll(post(up, random, TRACES / 2)); // are open when it is killed

            up.kill();
            up = TracedProcess.up(data, port, more).awaitReady();

            awaitVerdicts(base, roots);
            Map<String, String> after = verdicts(base, roots);
            assertThat(after).containsAllEntriesOf(before);
            assertThat(after.keySet()).hasSize(roots.size());

            List<String> ids = List.copyOf(before.keySet());
            String dropped = ids.stream()
                    .filter(id -> !before.get(id).equals("kept"))
                    .findFirst()
                    .orElseThrow();
            HttpResponse<String> jaeger = get(base.resolve("/api/v3/traces/" + dropped));
            assertThat(jaeger.statusCode()).isEqualTo(410);
            assertThat(jaeger.body()).startsWith("{\"error\":{\"httpCode\":410,\"message\":\"trace " + dropped);
            HttpResponse<String> logs = get(base.resolve("/traces/" + dropped + "/logs"));
            assertThat(logs.body()).isEqualTo("{\"logs\":[],\"total\":0}");

            up.client().post(List.of(lateError(dropped))).orThrow();
            assertThat(get(base.resolve("/traces/" + dropped)).statusCode())
                    .as("until it closes again")
                    .isEqualTo(410);
            TracedProcess last = up;
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> last.client().get(dropped).isOk());
            assertThat(up.client().get(dropped).orThrow()).hasSize(2);
            assertThat(listed(base)).containsKey(dropped);
            assertThat(get(base.resolve("/metrics")).body())
                    .containsPattern("traced_traces_sampled_total\\{rule=\"errors\",verdict=\"kept\"} \\d");
        } finally {
            up.close();
        }
    }

    private static List<WireSpan> post(TracedProcess up, Random random, int traces) {
        List<WireSpan> roots = new ArrayList<>();
        for (int i = 0; i < traces; i++) {
            long now = TimeUnit.MILLISECONDS.toNanos(Instant.now().toEpochMilli());
            WireSpan root = new WireSpan(
                    new UUID(random.nextLong(), random.nextLong()).toString(),
                    ROOT,
                    null,
                    "shop",
                    "GET /",
                    now,
                    now + 1_000_000,
                    i % 20 == 0 ? WireSpan.ERROR : WireSpan.OK,
                    null);
            roots.add(root);
            up.client().post(List.of(root)).orThrow();
        }
        return roots;
    }

    /** What the rules say, recomputed. */
    private static boolean isKept(WireSpan root) {
        return root.isError() || TailFraction.of(TraceId.parse(root.traceId())) < 0.3;
    }

    private static void awaitVerdicts(URI base, List<WireSpan> roots) {
        long kept = roots.stream().filter(TailSamplingEndToEndTest::isKept).count();
        assertThat(kept).isBetween(1L, roots.size() - 1L);
        await().atMost(Duration.ofSeconds(30)).until(() -> listed(base).size() == kept);
    }

    /** Of each trace that it is kept, or what its detail says instead; it is what the rules say, and so does the list. */
    private Map<String, String> verdicts(URI base, List<WireSpan> roots) throws Exception {
        Map<String, String> verdicts = new TreeMap<>();
        for (WireSpan root : roots) {
            HttpResponse<String> answer = get(base.resolve("/traces/" + root.traceId()));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(isKept(root) ? 200 : 410);
            assertThat(GONE.matcher(answer.body()).matches()).as(answer.body()).isEqualTo(!isKept(root));
            verdicts.put(root.traceId(), isKept(root) ? "kept" : answer.body());
        }
        assertThat(listed(base).keySet())
                .containsExactlyInAnyOrderElementsOf(roots.stream()
                        .filter(TailSamplingEndToEndTest::isKept)
                        .map(WireSpan::traceId)
                        .toList());
        return verdicts;
    }

    private static Map<String, ListedTrace> listed(URI base) {
        var list = new TracedClient(base).list(ListQuery.newest(1_000)).orThrow();
        Map<String, ListedTrace> listed = new TreeMap<>();
        list.traces().forEach(trace -> listed.put(trace.traceId(), trace));
        assertThat(list.total()).isEqualTo(listed.size());
        return listed;
    }

    private static WireSpan lateError(String traceId) {
        long now = TimeUnit.MILLISECONDS.toNanos(Instant.now().toEpochMilli());
        return new WireSpan(
                traceId,
                "00000000-0000-4000-8000-000000000002",
                ROOT,
                "payment",
                "charge",
                now,
                now + 1,
                WireSpan.ERROR,
                Map.of());
    }

    private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
