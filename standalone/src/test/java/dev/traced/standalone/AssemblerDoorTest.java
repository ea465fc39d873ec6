package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.traced.assembler.serving.AssemblerServer;
import dev.traced.model.CompareQuery;
import dev.traced.model.DurationHistogram;
import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import dev.traced.model.NotReadableException;
import dev.traced.model.OverviewQuery;
import dev.traced.model.PartitionReader;
import dev.traced.model.RollingWindow;
import dev.traced.model.SpanStatus;
import dev.traced.model.StartRange;
import dev.traced.model.StatsKey;
import dev.traced.model.StatsLine;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceDroppedException;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceOverview;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.model.TraceTooLargeException;
import dev.traced.model.Trait;
import dev.traced.model.TraitSample;
import dev.traced.query.AssemblerDirectory;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one process asks of another's partitions arrives there as it was asked, and so does the answer. */
@Timeout(30)
class AssemblerDoorTest {
    private static final Duration TIMEOUT = Duration.ofMillis(1_500);
    private static final TraceId KNOWN = new TraceId(0x0123456789abcdefL, -1);
    private static final TraceId HUGE = new TraceId(5, 5);
    private static final TraceId DROPPED = new TraceId(6, 6);
    private static final TraceSummary SUMMARY = new TraceSummary(
            KNOWN, "caf\u00e9 \"one\"", "GET /\n\u2028", Long.MAX_VALUE, Long.MAX_VALUE, 7, SpanStatus.ERROR);

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    /** Answers for its partitions, and notes what it was asked. */
    private static final List<TraitSample> SAMPLES = List.of(
            new TraitSample(
                    new TraitSample.Side(Long.MAX_VALUE, 7),
                    new TraitSample.Side(0, 0),
                    Map.of(
                            new Trait(Trait.Scope.SERVICE, null, "service", "\u2028\"shop"),
                            new TraitSample.Count(7, 0),
                            new Trait(Trait.Scope.RESOURCE, "", "", ""),
                            new TraitSample.Count(0, Integer.MAX_VALUE))),
            new TraitSample(new TraitSample.Side(1, 1), new TraitSample.Side(2, 2), Map.of()));

    private static final class Owner implements PartitionReader {
        private final Set<Integer> partitions;
        private final List<Object> asked = new ArrayList<>();

        Owner(Integer... partitions) {
            this.partitions = Set.of(partitions);
        }

        @Override
        public Set<Integer> readable() {
            return partitions;
        }

        @Override
        public TracePage list(TraceQuery query, Map<Integer, Long> offsets, Duration timeout) {
            asked.add(List.of(query, Map.copyOf(offsets), timeout));
            if (!partitions.containsAll(offsets.keySet())) {
                throw new NotReadableException("partition moved \"away\"");
            }
            return new TracePage(List.of(SUMMARY), 1_234_567_890_123L);
        }

        @Override
        public TraceOverview overview(OverviewQuery query, Map<Integer, Long> offsets, Duration timeout) {
            asked.add(List.of(query, Map.copyOf(offsets), timeout));
            return overviewOf(query);
        }

        @Override
        public List<TraitSample> compare(CompareQuery query, int most, Map<Integer, Long> offsets, Duration timeout) {
            asked.add(List.of(query, most, Map.copyOf(offsets), timeout));
            return SAMPLES;
        }

        @Override
        public StatsPage stats(StatsQuery query, Map<Integer, Long> offsets, Duration timeout) {
            asked.add(List.of(query, Map.copyOf(offsets), timeout));
            return statistics(query);
        }

        @Override
        public LogPage logs(TraceId traceId, LogPosition from, int partition, long offset, Duration timeout) {
            asked.add(List.of(traceId, from, partition, offset, timeout));
            return traceId.equals(KNOWN)
                    ? new LogPage(List.of(new byte[] {4}, new byte[0], new byte[] {5, 6}), new LogPosition(6, 1L << 40))
                    : new LogPage(List.of(), null);
        }

        @Override
        public List<byte[]> spans(TraceId traceId, long nowNanos, int partition, long offset, Duration timeout) {
            asked.add(List.of(traceId, nowNanos, partition, offset, timeout));
            if (traceId.equals(HUGE)) {
                throw new TraceTooLargeException("it is \"huge\"");
            }
            if (traceId.equals(DROPPED)) {
                throw new TraceDroppedException(DROPPED, "the-rest", Long.MAX_VALUE);
            }
            return traceId.equals(KNOWN) ? List.of(new byte[] {1, 2}, new byte[] {-3}) : List.of();
        }
    }

    private static StatsPage statistics(StatsQuery query) {
        StatsPage page =
                new StatsPage(query.afterNanos(), query.beforeNanos(), 720_000_000_000L, true, new TreeMap<>());
        DurationHistogram durations = new DurationHistogram();
        durations.add(0, 1);
        durations.add(Long.MAX_VALUE, 1);
        durations.add(Long.MAX_VALUE, 1);
        durations.add(Long.MAX_VALUE, 1);
        page.line(StatsKey.call("caf\u00e9 \"one\"", "")).add(1L << 60, 7, durations);
        page.line(StatsKey.FUTURE).add(1, 0, new DurationHistogram());
        return page;
    }

    @Test
    void statistics_areTheSameOnBothSides() {
        Owner owner = new Owner(3);
        PartitionReader remote = directory(door(owner, List.of())).owner(3).orElseThrow();
        for (StatsQuery query : List.of(
                new StatsQuery(StatsQuery.By.TIME, "a&b=\u2028", "", 7, 8L, Long.MAX_VALUE),
                new StatsQuery(StatsQuery.By.CALL, null, null, Long.MIN_VALUE, null, 1))) {

            StatsPage page = remote.stats(query, Map.of(3, 78L), TIMEOUT);

            StatsPage sent = statistics(query);
            assertThat(page.afterNanos()).isEqualTo(sent.afterNanos());
            assertThat(page.beforeNanos()).isEqualTo(sent.beforeNanos());
            assertThat(page.stepNanos()).isEqualTo(sent.stepNanos());
            assertThat(page.lines().keySet()).isEqualTo(sent.lines().keySet());
            page.lines().forEach((key, line) -> {
                StatsLine wanted = sent.lines().get(key);
                assertThat(line.traces()).isEqualTo(wanted.traces());
                assertThat(line.spans()).isEqualTo(wanted.spans());
                assertThat(line.errors()).isEqualTo(wanted.errors());
                assertThat(line.durations().sumNanos())
                        .isEqualTo(wanted.durations().sumNanos());
                for (int percent : new int[] {1, 25, 26, 100}) {
                    assertThat(line.durations().percentiles().applyAsLong(percent))
                            .isEqualTo(wanted.durations().percentiles().applyAsLong(percent));
                }
            });
            assertThat(owner.asked).contains(List.of(query, Map.of(3, 78L), TIMEOUT));
        }
    }

    @Test
    void logs_arriveValueByValue_withThePositionOfThoseThatFollow() {
        Owner owner = new Owner(3);
        PartitionReader remote = directory(door(owner, List.of())).owner(3).orElseThrow();
        LogPosition from = new LogPosition(Integer.MAX_VALUE, Long.MAX_VALUE);

        LogPage page = remote.logs(KNOWN, from, 3, 78, TIMEOUT);
        LogPage none = remote.logs(new TraceId(0, 1), from, 3, 78, TIMEOUT);

        assertThat(page.values()).containsExactly(new byte[] {4}, new byte[0], new byte[] {5, 6});
        assertThat(page.next()).isEqualTo(new LogPosition(6, 1L << 40));
        assertThat(owner.asked.get(0)).isEqualTo(List.of(KNOWN, from, 3, 78L, TIMEOUT));
        assertThat(none).isEqualTo(new LogPage(List.of(), null));
    }

    private static TraceOverview overviewOf(OverviewQuery query) {
        TraceOverview overview =
                new TraceOverview(query.times(new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5))));
        overview.add(overview.times().afterNanos(), Long.MAX_VALUE, false);
        overview.add(overview.times().afterNanos(), 0, true);
        overview.add(Long.MAX_VALUE - 1, 7, true);
        return overview;
    }

    @Test
    void comparison_isAskedForAndAnswered_asInOneProcess() {
        Owner owner = new Owner(0, 3);
        PartitionReader remote = directory(door(owner, List.of())).owner(3).orElseThrow();
        TraceFilter filter = new TraceFilter("a&b=", null, null, 1, 2, List.of(), true);
        TraceFilter selected = new TraceFilter(null, "", SpanStatus.OK, 0, Long.MAX_VALUE, List.of(), null);
        CompareQuery query = new CompareQuery(new StartRange(1, 2), filter, new StartRange(3, 4), selected, 5);
        Map<Integer, Long> offsets = Map.of(0, -1L, 3, 78L);

        List<TraitSample> samples = remote.compare(query, 17, offsets, TIMEOUT);

        assertThat(samples).isEqualTo(SAMPLES);
        assertThat(owner.asked).containsExactly(List.of(query, 17, offsets, TIMEOUT));
    }

    @Test
    void overview_isAskedForAndAnswered_asInOneProcess() {
        Owner owner = new Owner(3);
        PartitionReader remote = directory(door(owner, List.of())).owner(3).orElseThrow();
        TraceFilter filter = new TraceFilter(
                "a&b=",
                "",
                SpanStatus.OK,
                1,
                2,
                List.of(new TraceFilter.Tag("k=", "v&"), new TraceFilter.Tag("", "")),
                false);
        for (OverviewQuery query : List.of(
                new OverviewQuery(200, 0, null, 1_700_000_000_000_000_000L, TraceFilter.ANY),
                new OverviewQuery(2, 7, Long.MAX_VALUE, 1_700_000_000_000_000_000L, filter))) {

            TraceOverview overview = remote.overview(query, Map.of(3, 78L), TIMEOUT);

            assertThat(owner.asked).contains(List.of(query, Map.of(3, 78L), TIMEOUT));
            assertThat(overview.times()).isEqualTo(overviewOf(query).times());
            assertThat(overview.lines()).hasSize(overview.times().count() + 1);
            for (int line = 0; line < overview.lines().size(); line++) {
                TraceOverview.Line sent = overviewOf(query).lines().get(line);
                TraceOverview.Line arrived = overview.lines().get(line);
                assertThat(arrived.traces()).isEqualTo(sent.traces());
                assertThat(arrived.errors().count()).isEqualTo(sent.errors().count());
                assertThat(arrived.all().percentiles().applyAsLong(100))
                        .isEqualTo(sent.all().percentiles().applyAsLong(100));
            }
        }
    }

    @Test
    void page_isAskedForAndAnswered_asInOneProcess() {
        Owner owner = new Owner(0, 2);
        PartitionReader remote = directory(door(owner, List.of())).owner(2).orElseThrow();
        TraceQuery query = new TraceQuery(1_000, 0, Long.MAX_VALUE, 1_700_000_000_000_000_000L);
        Map<Integer, Long> offsets = Map.of(0, -1L, 2, Long.MAX_VALUE);

        TracePage page = remote.list(query, offsets, TIMEOUT);

        assertThat(page).isEqualTo(new TracePage(List.of(SUMMARY), 1_234_567_890_123L));
        assertThat(owner.asked).containsExactly(List.of(query, offsets, TIMEOUT));
        assertThat(remote.readable()).containsExactlyInAnyOrder(0, 2);
    }

    @Test
    void spans_arriveAsOneValue_andAreNoneOfAnUnknownTrace() {
        Owner owner = new Owner(3);
        PartitionReader remote = directory(door(owner, List.of())).owner(3).orElseThrow();

        List<byte[]> spans = remote.spans(KNOWN, 5, 3, 77, TIMEOUT);

        assertThat(spans).hasSize(1);
        assertThat(spans.get(0)).containsExactly(1, 2, -3);
        assertThat(owner.asked).containsExactly(List.of(KNOWN, 5L, 3, 77L, TIMEOUT));
        assertThat(remote.spans(new TraceId(0, 1), 5, 3, 77, TIMEOUT)).isEmpty();
    }

    @Test
    void traceThatIsTooLarge_isThatHereToo() {
        PartitionReader remote =
                directory(door(new Owner(3), List.of())).owner(3).orElseThrow();

        assertThatThrownBy(() -> remote.spans(HUGE, 5, 3, 77, TIMEOUT))
                .isInstanceOf(TraceTooLargeException.class)
                .hasMessage("it is \"huge\"");
    }

    @Test
    void traceThatWasDropped_isThatHereToo_byTheSameRuleAndAtTheSameTime() {
        PartitionReader remote =
                directory(door(new Owner(3), List.of())).owner(3).orElseThrow();

        assertThatThrownBy(() -> remote.spans(DROPPED, 5, 3, 77, TIMEOUT))
                .isInstanceOf(TraceDroppedException.class)
                .usingRecursiveComparison()
                .comparingOnlyFields("traceId", "rule", "atNanos")
                .isEqualTo(new TraceDroppedException(DROPPED, "the-rest", Long.MAX_VALUE));
    }

    @Test
    void partitionThatIsNotThere_isNotReadable_andTheReasonArrives() {
        PartitionReader remote =
                directory(door(new Owner(0), List.of())).owner(0).orElseThrow();
        TraceQuery query = new TraceQuery(1, 0, 1, 1);

        assertThatThrownBy(() -> remote.list(query, Map.of(1, 0L), TIMEOUT))
                .isInstanceOf(NotReadableException.class)
                .hasMessageContaining("partition moved \\\"away\\\"");
    }

    @Test
    void peersOfAKnownAssembler_areFound_andAnOwnerThatIsGoneIsForgotten() throws Exception {
        AssemblerServer[] second = new AssemblerServer[1];
        String peer = door(new Owner(1), List.of(), second);
        AssemblerDirectory directory = directory(door(new Owner(0), List.of(peer)));
        // A peer is asked in the round after it was named.
        await().untilAsserted(() -> assertThat(refreshed(directory).owner(1)).isPresent());
        assertThat(directory.owner(4)).isEmpty();

        second[0].close();
        await().untilAsserted(() -> assertThat(refreshed(directory).owner(1)).isEmpty());
        assertThat(directory.owner(0)).isPresent();
    }

    @Test
    void assemblersThatHang_costTheTimeOfOne() throws Exception {
        List<String> seeds = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress()); // accepts, never answers
            open.add(silent);
            seeds.add("127.0.0.1:" + silent.getLocalPort());
        }
        seeds.add(door(new Owner(0), List.of()));

        long start = System.nanoTime();
        AssemblerDirectory directory = directory(seeds.toArray(String[]::new));

        assertThat(directory.owner(0)).isPresent();
        // One after the other they would take five times as long.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    }

    private String door(PartitionReader reader, List<String> peers) {
        return door(reader, peers, new AssemblerServer[1]);
    }

    private String door(PartitionReader reader, List<String> peers, AssemblerServer[] opened) {
        AssemblerServer door = new AssemblerServer(
                reader, () -> peers, Optional::empty, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        open.add(door);
        opened[0] = door;
        return "127.0.0.1:" + door.start("127.0.0.1", 0);
    }

    private AssemblerDirectory directory(String... seeds) {
        AssemblerDirectory directory = new AssemblerDirectory(List.of(seeds));
        open.add(0, directory);
        directory.refresh();
        return directory;
    }

    private static AssemblerDirectory refreshed(AssemblerDirectory directory) {
        directory.refresh();
        return directory;
    }
}
