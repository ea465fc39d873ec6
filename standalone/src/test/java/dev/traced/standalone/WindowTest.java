package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.traced.testing.verify.wire.Answer;
import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.wire.WireSpan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The window rolls on a real clock and a real disk, with nobody asking. A window of a minute: each test takes minutes, so
 * they run at full length only; {@code EvictionTest} of the assembler shows the same on a clock of its own.
 */
@EnabledIfSystemProperty(named = FullLength.PROPERTY, matches = "true", disabledReason = "takes minutes")
class WindowTest {
    private static final int TRACES = 20_000;
    private static final int PER_BATCH = 100;
    private static final Duration VISIBLE = Duration.ofSeconds(65);
    private static final Duration TOLERANCE = Duration.ofSeconds(1);
    /**
     * What idle may cost on top of the empty directory: the active segments of Kafka's own topics, which hold a commit a
     * second while there was load, and RocksDB's manifests. The load itself takes several times as much.
     */
    private static final long FLOOR_TOLERANCE_KB = 2_048;

    @TempDir
    Path data;

    @Test
    void traces_leaveTheAnswersOnTime() {
        try (TracedProcess up = rolling()) {
            TracedClient client = up.client();
            List<Long> starts = load(client);
            long first = starts.get(0);
            long last = starts.get(starts.size() - 1);

            await().atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        long before = nowNanos();
                        long total = client.list(ListQuery.newest(1)).orThrow().total();
                        long after = nowNanos();
                        assertThat(total)
                                .as("%s s after the first", (before - first) / 1e9)
                                .isLessThanOrEqualTo(visible(starts, before - TOLERANCE.toNanos()))
                                .isGreaterThanOrEqualTo(visible(starts, after + TOLERANCE.toNanos()));
                        return after > last + VISIBLE.plus(TOLERANCE).toNanos();
                    });
            assertThat(client.list(ListQuery.newest(1)).orThrow().total()).isZero();
        }
    }

    @Test
    void disk_isGivenBack_withoutASingleRequest() {
        try (TracedProcess up = rolling()) {
            long empty = usedKb();
            load(up.client());
            long silent = System.nanoTime();
            long[] most = {usedKb()};

            await().atMost(Duration.ofMinutes(4))
                    .pollInterval(Duration.ofSeconds(2))
                    .until(() -> {
                        long used = usedKb();
                        most[0] = Math.max(most[0], used);
                        return used <= empty + FLOOR_TOLERANCE_KB;
                    });
            Duration floorAfter = Duration.ofNanos(System.nanoTime() - silent);

            System.out.println("empty " + empty + " KiB, at most " + most[0] + " KiB, back at " + usedKb() + " KiB "
                    + floorAfter + " after the load");
            assertThat(most[0]).as("what the load took").isGreaterThan(empty + 5 * FLOOR_TOLERANCE_KB);
            assertThat(floorAfter).isLessThan(Duration.ofMinutes(2));
            assertThat(up.client().list(ListQuery.newest(1)).orThrow().total()).isZero();
        }
    }

    private TracedProcess rolling() {
        return TracedProcess.run(
                        Map.of("WINDOW_MINUTES", "1", "GRACE_SECONDS", "5"),
                        "up",
                        "--http-port",
                        "0",
                        "--data-dir",
                        data.toString())
                .awaitReady();
    }

    /** Four spans a trace; returns the start of each trace, in their order. */
    private static List<Long> load(TracedClient client) {
        List<Long> starts = new ArrayList<>();
        for (int i = 0; i < TRACES; i += PER_BATCH) {
            List<WireSpan> batch = new ArrayList<>();
            for (int j = 0; j < PER_BATCH; j++) {
                starts.add(nowNanos());
                batch.addAll(trace(starts.get(starts.size() - 1)));
            }
            Answer<String> answer = client.post(batch);
            assertThat(answer.status()).as(answer.problem()).isEqualTo(202);
        }
        return starts;
    }

    private static List<WireSpan> trace(long start) {
        String trace = UUID.randomUUID().toString();
        String root = UUID.randomUUID().toString();
        List<WireSpan> spans = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            spans.add(new WireSpan(
                    trace,
                    i == 0 ? root : UUID.randomUUID().toString(),
                    i == 0 ? null : root,
                    "shop",
                    "buy",
                    start + i,
                    start + 1_000_000,
                    WireSpan.OK,
                    Map.of("customer", UUID.randomUUID().toString())));
        }
        return spans;
    }

    private static long visible(List<Long> starts, long at) {
        return starts.stream().filter(start -> start >= at - VISIBLE.toNanos()).count();
    }

    private static long nowNanos() {
        return WallClock.nowNanos();
    }

    /** Blocks that are taken on the disk: a file may be larger than what it takes. */
    private long usedKb() {
        try {
            Process du = new ProcessBuilder("du", "-sk", data.toString()).start();
            String answer = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Long.parseLong(answer.split("\\s")[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
