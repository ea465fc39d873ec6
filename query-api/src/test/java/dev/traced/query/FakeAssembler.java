package dev.traced.query;

import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import dev.traced.model.NotReadableException;
import dev.traced.model.PartitionReader;
import dev.traced.model.Span;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceDroppedException;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
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
        List<TraceSummary> matching = new ArrayList<>();
        for (int partition : offsets.keySet()) {
            if (!traces.containsKey(partition)) {
                throw new NotReadableException("partition " + partition + " is not here");
            }
            traces.get(partition).stream()
                    .filter(trace ->
                            trace.startTimeNanos() >= query.firstNanos() && trace.startTimeNanos() <= query.lastNanos())
                    .forEach(matching::add);
        }
        asked.add(offsets);
        matching.sort(TraceSummary.NEWEST_FIRST);
        return new TracePage(matching.subList(0, Math.min(query.limit(), matching.size())), matching.size());
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
