package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.traced.testing.verify.wire.WireSpan;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a day the series is by steps of twelve minutes, and says so. */
class LongWindowTest {
    private static final long MINUTE = 60_000_000_000L;
    private static final long STEP = 12 * MINUTE;

    @TempDir
    Path data;

    @Test
    void series_isByStepsOfTwelveMinutes_aLineForEach() throws Exception {
        long now = Instant.now().toEpochMilli() * 1_000_000;
        List<WireSpan> roots = new ArrayList<>();
        for (int minutesAgo = 0; minutesAgo < 23 * 60; minutesAgo += 7) {
            roots.add(root(now - minutesAgo * MINUTE));
        }
        try (TracedProcess up = TracedProcess.up(data, "--window-minutes", "1440", "--trace-idle-seconds", "1")) {
            for (List<WireSpan> batch : List.of(roots.subList(0, 100), roots.subList(100, roots.size()))) {
                assertThat(up.client().post(batch).status()).isEqualTo(202);
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> up.metric("traced_traces_closed_total") == roots.size());

            JsonNode stats = get(up.url().resolve("/stats"));

            assertThat(stats.get("step_seconds").intValue()).isEqualTo(720);
            assertThat(stats.get("traces").intValue()).isEqualTo(roots.size());
            Map<Long, Integer> series = new TreeMap<>();
            stats.get("series")
                    .forEach(line -> series.put(
                            line.get("start_time").longValue(),
                            line.get("traces").intValue()));
            assertThat(series).hasSizeBetween(120, 122);
            Map<Long, Integer> expected = new TreeMap<>();
            for (long start = series.keySet().iterator().next(); expected.size() < series.size(); start += STEP) {
                long from = start;
                expected.put(start, (int) roots.stream()
                        .filter(root -> root.startTimeNanos() / STEP * STEP == from)
                        .count());
            }
            assertThat(series).isEqualTo(expected);
        }
    }

    private static JsonNode get(URI uri) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
        return new ObjectMapper()
                .readTree(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    private static WireSpan root(long start) {
        String id = UUID.randomUUID().toString();
        return new WireSpan(id, id, null, "shop", "buy", start, start, WireSpan.OK, null);
    }
}
