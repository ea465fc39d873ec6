package dev.traced.query;

import dev.traced.model.CompareQuery;
import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import dev.traced.model.NotReadableException;
import dev.traced.model.OverviewQuery;
import dev.traced.model.PartitionReader;
import dev.traced.model.RollingWindow;
import dev.traced.model.Span;
import dev.traced.model.SpanStatus;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceDroppedException;
import dev.traced.model.TraceId;
import dev.traced.model.TraceOverview;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.model.TraitSample;
import dev.traced.topics.SpanEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An assembler that owns some partitions, in memory. */
final class FakeAssembler implements PartitionReader {
    static final int LOGS_A_PAGE = 2;

    private final Map<Integer, List<TraceSummary>> traces = new HashMap<>();
    private final Map<TraceId, List<Span>> spans = new ConcurrentHashMap<>();
    private final Map<TraceId, List<byte[]>> logs = new ConcurrentHashMap<>();
    private final Map<TraceId, TraceDroppedException> dropped = new ConcurrentHashMap<>();
    private final AtomicInteger failures = new AtomicInteger();

    /** What it answered, in order. */
    final List<Map<Integer, Long>> asked = new CopyOnWriteArrayList<>();

    /** The statistics of its partitions; of others there are none. */
    final Map<Integer, StatsPage> statistics = new ConcurrentHashMap<>();

    /** The statistics it was asked for. */
    final List<StatsQuery> statsQueries = new CopyOnWriteArrayList<>();

    /** The overviews it was asked for. */
    final List<OverviewQuery> overviewQueries = new CopyOnWriteArrayList<>();

    /** What it does first when it is asked for one. */
    volatile Runnable beforeOverview = () -> {};

    /** For how long its traces can be seen. */
    RollingWindow window = new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5));

    /** What it has to compare; of other partitions there is nothing. */
    final Map<Integer, TraitSample> samples = new ConcurrentHashMap<>();

    /** What it was asked to compare. */
    final List<CompareQuery> compareQueries = new CopyOnWriteArrayList<>();

    /** The lists it was asked for. */
    final List<TraceQuery> queries = new CopyOnWriteArrayList<>();

    @Override
    public LogPage logs(TraceId traceId, LogPosition from, int partition, long offset, Duration timeout) {
        failIfToBe();
        asked.add(Map.of(partition, offset));
        List<byte[]> all = logs.getOrDefault(traceId, List.of());
        int first = (int) from.offset();
        int end = Math.min(first + LOGS_A_PAGE, all.size());
        return new LogPage(all.subList(first, end), end < all.size() ? new LogPosition(7, end) : null);
    }

    FakeAssembler(int... partitions) {
        for (int partition : partitions) {
            traces.put(partition, new ArrayList<>());
        }
    }

    FakeAssembler holds(int partition, TraceSummary... summaries) {
        traces.get(partition).addAll(List.of(summaries));
        return this;
    }

    FakeAssembler holds(Span... together) {
        spans.computeIfAbsent(together[0].traceId(), id -> new CopyOnWriteArrayList<>())
                .addAll(List.of(together));
        return this;
    }

    FakeAssembler holds(TraceId traceId, byte[] logsData) {
        logs.computeIfAbsent(traceId, id -> new CopyOnWriteArrayList<>()).add(logsData);
        return this;
    }

    FakeAssembler dropped(TraceId traceId, String rule, long atNanos) {
        dropped.put(traceId, new TraceDroppedException(traceId, rule, atNanos));
        return this;
    }

    FakeAssembler failing(int times) {
        failures.set(times);
        return this;
    }

    @Override
    public Set<Integer> readable() {
        return new TreeSet<>(traces.keySet());
    }

    @Override
    public TracePage list(TraceQuery query, Map<Integer, Long> offsets, Duration timeout) {
        failIfToBe();
        queries.add(query);
        List<TraceSummary> matching = between(query.firstNanos(), query.lastNanos(), offsets);
        asked.add(offsets);
        matching.sort(TraceSummary.NEWEST_FIRST);
        return new TracePage(matching.subList(0, Math.min(query.limit(), matching.size())), matching.size());
    }

    private List<TraceSummary> between(long firstNanos, long lastNanos, Map<Integer, Long> offsets) {
        List<TraceSummary> matching = new ArrayList<>();
        for (int partition : offsets.keySet()) {
            if (!traces.containsKey(partition)) {
                throw new NotReadableException("partition " + partition + " is not here");
            }
            traces.get(partition).stream()
                    .filter(trace -> trace.startTimeNanos() >= firstNanos && trace.startTimeNanos() <= lastNanos)
                    .forEach(matching::add);
        }
        return matching;
    }

    @Override
    public TraceOverview overview(OverviewQuery query, Map<Integer, Long> offsets, Duration timeout) {
        beforeOverview.run();
        failIfToBe();
        asked.add(offsets);
        overviewQueries.add(query);
        List<TraceOverview> parts = new ArrayList<>();
        offsets.forEach((partition, offset) -> {
            TraceOverview part = new TraceOverview(query.times(window));
            between(part.times().afterNanos(), query.lastNanos(), Map.of(partition, offset))
                    .forEach(trace -> part.add(
                            trace.startTimeNanos(), trace.durationNanos(), trace.status() == SpanStatus.ERROR));
            parts.add(part);
        });
        return TraceOverview.of(parts);
    }

    @Override
    public List<TraitSample> compare(CompareQuery query, int most, Map<Integer, Long> offsets, Duration timeout) {
        failIfToBe();
        asked.add(offsets);
        compareQueries.add(query);
        TraitSample.Side none = new TraitSample.Side(0, 0);
        return offsets.keySet().stream()
                .map(partition -> samples.getOrDefault(partition, new TraitSample(none, none, Map.of())))
                .toList();
    }

    @Override
    public StatsPage stats(StatsQuery query, Map<Integer, Long> offsets, Duration timeout) {
        failIfToBe();
        asked.add(offsets);
        statsQueries.add(query);
        List<StatsPage> pages = new ArrayList<>();
        for (int partition : offsets.keySet()) {
            pages.add(statistics.getOrDefault(
                    partition,
                    new StatsPage(query.afterNanos(), query.beforeNanos(), 60_000_000_000L, true, new TreeMap<>())));
        }
        return StatsPage.of(pages);
    }

    @Override
    public List<byte[]> spans(TraceId traceId, long nowNanos, int partition, long offset, Duration timeout) {
        failIfToBe();
        asked.add(Map.of(partition, offset));
        if (dropped.containsKey(traceId)) {
            throw dropped.get(traceId);
        }
        List<Span> found = spans.getOrDefault(traceId, List.of());
        return found.isEmpty() ? List.of() : SpanEncoder.encode(found);
    }

    private void failIfToBe() {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new NotReadableException("restoring");
        }
    }
}
