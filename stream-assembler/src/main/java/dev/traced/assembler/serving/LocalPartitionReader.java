package dev.traced.assembler.serving;

import dev.traced.assembler.store.PartitionStatus;
import dev.traced.assembler.store.StoreSize;
import dev.traced.assembler.store.TraceList;
import dev.traced.assembler.store.TraceLogs;
import dev.traced.assembler.store.TraceSpans;
import dev.traced.assembler.store.TraceStats;
import dev.traced.assembler.store.TraceTimes;
import dev.traced.assembler.store.TraceTraits;
import dev.traced.assembler.store.TraceValues;
import dev.traced.assembler.trace.Closing;
import dev.traced.http.RateLimitedLog;
import dev.traced.model.CompareQuery;
import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import dev.traced.model.NotReadableException;
import dev.traced.model.OverviewQuery;
import dev.traced.model.PartitionReader;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceDroppedException;
import dev.traced.model.TraceId;
import dev.traced.model.TraceOverview;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.model.TraceTooLargeException;
import dev.traced.model.TraitSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.query.Query;
import org.apache.kafka.streams.query.QueryResult;
import org.apache.kafka.streams.query.StateQueryRequest;
import org.apache.kafka.streams.query.StateQueryResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the stores of this process by interactive queries: the only class that asks {@link KafkaStreams} for one. A store
 * that is restoring, a standby, or gone is not readable; whether a store is active it knows itself, since Kafka's {@code
 * requireActive} refuses all stores of a thread while one of them restores.
 */
public final class LocalPartitionReader implements PartitionReader {
    private static final Logger LOGGER = LoggerFactory.getLogger(LocalPartitionReader.class);
    private static final RateLimitedLog FAILURES = new RateLimitedLog(System::nanoTime);

    private final KafkaStreams streams;
    private final String store;

    /** @param store the name of the store, a partition of which each task has */
    public LocalPartitionReader(KafkaStreams streams, String store) {
        this.streams = streams;
        this.store = store;
    }

    @Override
    public Set<Integer> readable() {
        return applied().keySet();
    }

    /** For each partition that can be read here the offset of the last record its store has seen. */
    public Map<Integer, Long> applied() {
        Map<Integer, Long> applied = new TreeMap<>();
        statuses().forEach((partition, status) -> applied.put(partition, status.applied()));
        return applied;
    }

    /** How each partition is that can be read here. */
    public Map<Integer, PartitionStatus.Status> statuses() {
        Map<Integer, PartitionStatus.Status> statuses = ofAll(new PartitionStatus());
        statuses.values().removeIf(status -> !status.isActive());
        return statuses;
    }

    /** How large each store is that is here and open, whether it can be read or not. */
    public Map<Integer, StoreSize.Size> sizes() {
        return ofAll(new StoreSize());
    }

    private <R> Map<Integer, R> ofAll(Query<R> question) {
        Map<Integer, R> results = new TreeMap<>();
        query(inStore(question).withAllPartitions()).getPartitionResults().forEach((partition, answer) -> {
            if (answer.isSuccess()) {
                results.put(partition, answer.getResult());
            }
        });
        return results;
    }

    @Override
    public TracePage list(TraceQuery query, Map<Integer, Long> offsets, Duration timeout) {
        TraceList list = new TraceList(query, offsets, System.nanoTime() + timeout.toNanos());
        List<TraceSummary> traces = new ArrayList<>();
        long total = 0;
        for (TracePage page : ofEach(list, offsets)) {
            traces.addAll(page.traces());
            total += page.total();
        }
        if (offsets.size() > 1) {
            traces.sort(TraceSummary.NEWEST_FIRST);
        }
        return new TracePage(traces.subList(0, Math.min(query.limit(), traces.size())), total);
    }

    @Override
    public TraceOverview overview(OverviewQuery query, Map<Integer, Long> offsets, Duration timeout) {
        TraceTimes times = new TraceTimes(query, offsets, System.nanoTime() + timeout.toNanos());
        return TraceOverview.of(ofEach(times, offsets));
    }

    @Override
    public List<TraitSample> compare(CompareQuery query, int most, Map<Integer, Long> offsets, Duration timeout) {
        return ofEach(new TraceTraits(query, most, offsets, System.nanoTime() + timeout.toNanos()), offsets);
    }

    /** An answer of each of the partitions. */
    private <R> List<R> ofEach(Query<R> question, Map<Integer, Long> offsets) {
        StateQueryResult<R> answers = query(inStore(question).withPartitions(offsets.keySet()));
        List<R> parts = new ArrayList<>();
        for (int partition : offsets.keySet()) {
            parts.add(result(answers, partition));
        }
        return parts;
    }

    @Override
    public StatsPage stats(StatsQuery query, Map<Integer, Long> offsets, Duration timeout) {
        TraceStats stats = new TraceStats(query, offsets, System.nanoTime() + timeout.toNanos());
        return StatsPage.of(ofEach(stats, offsets));
    }

    @Override
    public List<byte[]> spans(TraceId traceId, long nowNanos, int partition, long offset, Duration timeout) {
        TraceSpans spans = new TraceSpans(traceId, nowNanos, offset, System.nanoTime() + timeout.toNanos());
        TraceValues found = result(query(inStore(spans).withPartitions(Set.of(partition))), partition);
        Closing closing = found.dropped();
        if (closing != null && closing.verdict() != null) {
            throw new TraceDroppedException(
                    traceId, closing.verdict().rule(), TimeUnit.MILLISECONDS.toNanos(closing.atMs()));
        }
        if (found.isTooLarge()) {
            throw new TraceTooLargeException("trace " + traceId + " has more than " + (TraceValues.MAX_BYTES >> 20)
                    + " MiB and cannot be shown as a whole");
        }
        return found.values();
    }

    @Override
    public LogPage logs(TraceId traceId, LogPosition from, int partition, long offset, Duration timeout) {
        TraceLogs logs = new TraceLogs(traceId, from, offset, System.nanoTime() + timeout.toNanos());
        return result(query(inStore(logs).withPartitions(Set.of(partition))), partition);
    }

    private <R> StateQueryRequest<R> inStore(Query<R> query) {
        return StateQueryRequest.inStore(store).withQuery(query);
    }

    private <R> StateQueryResult<R> query(StateQueryRequest<R> request) {
        try {
            return streams.query(request);
        } catch (InvalidStateStoreException | IllegalStateException e) {
            throw new NotReadableException("the assembler is not running: " + e.getMessage());
        } catch (StreamsException e) {
            FAILURES.log(heldBack -> LOGGER.atWarn()
                    .addKeyValue("heldBack", heldBack)
                    .setCause(e)
                    .log("a store could not be read"));
            throw new NotReadableException("a store could not be read: " + e.getMessage());
        }
    }

    private static <R> R result(StateQueryResult<R> answers, int partition) {
        QueryResult<R> answer = answers.getPartitionResults().get(partition);
        if (answer == null) {
            throw new NotReadableException("partition " + partition + " is not here");
        }
        if (answer.isFailure()) {
            throw new NotReadableException("partition " + partition + " cannot be read: " + answer.getFailureMessage());
        }
        return answer.getResult();
    }
}
