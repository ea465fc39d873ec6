package dev.traced.query;

import dev.traced.model.CompareQuery;
import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import dev.traced.model.NotReadableException;
import dev.traced.model.OverviewQuery;
import dev.traced.model.PartitionReader;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceId;
import dev.traced.model.TraceOverview;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.model.TraitSample;
import dev.traced.topics.Topics;
import dev.traced.topics.TracePartitions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * Reads traces of all partitions as one. Each answer shows everything that was acknowledged before it was asked for, and
 * comes from every partition exactly once; while a partition cannot be read, owners are asked anew until the time is
 * over, and then there is no answer rather than a short one. Thread-safe.
 */
public final class TraceReader implements AutoCloseable {
    private static final long ASK_AGAIN_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final EndOffsets ends;
    private final EndOffsets logEnds;
    private final PartitionOwners owners;
    private final Duration timeout;
    private final ExecutorService parallel;

    /**
     * @param admin asks how far the topic reaches; closed by the caller
     * @param timeout how long a read waits for partitions that are behind or moving
     */
    public TraceReader(Admin admin, PartitionOwners owners, Duration timeout) {
        this.ends = new EndOffsets(admin, Topics.SPANS);
        this.logEnds = new EndOffsets(admin, Topics.LOGS);
        this.owners = owners;
        this.timeout = timeout;
        this.parallel = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "read-partitions");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * The newest traces and how many there are.
     *
     * @throws NotReadableException if not every partition could be read
     */
    public TracePage list(TraceQuery query) throws InterruptedException {
        List<TracePage> pages = ofAll((owner, offsets, left) -> owner.list(query, offsets, left));
        List<TraceSummary> traces = new ArrayList<>();
        long total = 0;
        for (TracePage page : pages) {
            traces.addAll(page.traces());
            total += page.total();
        }
        traces.sort(TraceSummary.NEWEST_FIRST);
        return new TracePage(traces.subList(0, Math.min(query.limit(), traces.size())), total);
    }

    /**
     * How many traces started when, and how long they took.
     *
     * @throws NotReadableException if not every partition could be read
     */
    public TraceOverview overview(OverviewQuery query) throws InterruptedException {
        return TraceOverview.of(ofAll((owner, offsets, left) -> owner.overview(query, offsets, left)));
    }

    /**
     * What the traces of a comparison have, a sample of each partition.
     *
     * @throws NotReadableException if not every partition could be read
     */
    public List<TraitSample> compare(CompareQuery query) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Map<Integer, Long> all = ends.last(timeout);
        int most = Differences.mostOfPartition(all.size());
        List<TraitSample> samples = new ArrayList<>();
        ofAll(all, deadline, (owner, offsets, left) -> owner.compare(query, most, offsets, left))
                .forEach(samples::addAll);
        return samples;
    }

    /**
     * Statistics of all partitions.
     *
     * @throws NotReadableException if not every partition could be read
     */
    public StatsPage stats(StatsQuery query) throws InterruptedException {
        return StatsPage.of(ofAll((owner, offsets, left) -> owner.stats(query, offsets, left)));
    }

    private interface Part<T> {
        T ask(PartitionReader owner, Map<Integer, Long> offsets, Duration left);
    }

    /** Answers that together are of every partition once. */
    private <T> List<T> ofAll(Part<T> question) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        return ofAll(ends.last(timeout), deadline, question);
    }

    /** @param offsets what each partition has to have applied */
    private <T> List<T> ofAll(Map<Integer, Long> offsets, long deadline, Part<T> question) throws InterruptedException {
        Map<Integer, Long> missing = new TreeMap<>(offsets);
        List<T> all = new ArrayList<>();
        NotReadableException last = new NotReadableException("no partition has an owner yet");
        while (true) {
            List<Owned> parts = owned(missing);
            List<Future<T>> answers = new ArrayList<>();
            for (Owned part : parts) {
                answers.add(submit(parts, () -> question.ask(part.reader, part.offsets, left(deadline))));
            }
            for (int i = 0; i < parts.size(); i++) {
                try {
                    all.add(answers.get(i).get());
                    missing.keySet().removeAll(parts.get(i).offsets.keySet());
                } catch (ExecutionException e) {
                    last = notReadable(e);
                }
            }
            if (missing.isEmpty()) {
                return all;
            }
            refreshOrGiveUp(deadline, missing, last);
        }
    }

    /**
     * OTLP {@code TracesData} whose concatenation is all that arrived of a trace, in that order; none if it is unknown or
     * not visible at {@code nowNanos}.
     *
     * @throws NotReadableException if its partition could not be read
     * @throws dev.traced.model.TraceDroppedException if tail sampling dropped it
     */
    public List<byte[]> spans(TraceId traceId, long nowNanos) throws InterruptedException {
        return ofTrace(
                traceId,
                ends,
                (owner, partition, offset, left) -> owner.spans(traceId, nowNanos, partition, offset, left));
    }

    /**
     * The logs of a trace from a position on, as many as are read at a time.
     *
     * @throws NotReadableException if its partition could not be read
     */
    public LogPage logs(TraceId traceId, LogPosition from) throws InterruptedException {
        return ofTrace(
                traceId,
                logEnds,
                (owner, partition, offset, left) -> owner.logs(traceId, from, partition, offset, left));
    }

    private interface Question<T> {
        T ask(PartitionReader owner, int partition, long offset, Duration left);
    }

    private <T> T ofTrace(TraceId traceId, EndOffsets reach, Question<T> question) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Map<Integer, Long> all = reach.last(timeout);
        int partition = TracePartitions.partition(traceId, Math.max(1, all.size()));
        long offset = all.getOrDefault(partition, -1L);
        NotReadableException last = new NotReadableException("partition " + partition + " has no owner yet");
        while (true) {
            Optional<PartitionReader> owner = owners.owner(partition);
            if (owner.isPresent()) {
                try {
                    return question.ask(owner.get(), partition, offset, left(deadline));
                } catch (NotReadableException e) {
                    last = e;
                }
            }
            refreshOrGiveUp(deadline, Map.of(partition, offset), last);
        }
    }

    /** Why not every partition can be read now; empty if all can. */
    public Optional<String> problem() throws InterruptedException {
        try {
            Map<Integer, Long> all = ends.last(timeout);
            if (all.isEmpty()) {
                return Optional.of("topic spans has no partitions");
            }
            owners.refresh();
            List<Integer> unread = new ArrayList<>();
            Map<PartitionReader, java.util.Set<Integer>> readable = new HashMap<>();
            for (int partition : all.keySet()) {
                Optional<PartitionReader> owner = owners.owner(partition);
                if (owner.isEmpty()
                        || !readable.computeIfAbsent(owner.get(), PartitionReader::readable)
                                .contains(partition)) {
                    unread.add(partition);
                }
            }
            return unread.isEmpty()
                    ? Optional.empty()
                    : Optional.of("restoring: partitions " + unread + " of " + all.size() + " cannot be read yet");
        } catch (NotReadableException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** What to ask of one reader. */
    private record Owned(PartitionReader reader, Map<Integer, Long> offsets) {}

    private List<Owned> owned(Map<Integer, Long> missing) {
        Map<PartitionReader, Map<Integer, Long>> byOwner = new HashMap<>();
        missing.forEach((partition, offset) -> owners.owner(partition)
                .ifPresent(owner -> byOwner.computeIfAbsent(owner, reader -> new TreeMap<>())
                        .put(partition, offset)));
        List<Owned> parts = new ArrayList<>();
        byOwner.forEach((owner, offsets) -> parts.add(new Owned(owner, offsets)));
        return parts;
    }

    /** One part is read by the caller itself; several at the same time. */
    private <T> Future<T> submit(List<Owned> parts, java.util.concurrent.Callable<T> read) {
        if (parts.size() > 1) {
            return parallel.submit(read);
        }
        java.util.concurrent.FutureTask<T> task = new java.util.concurrent.FutureTask<>(read);
        task.run();
        return task;
    }

    private static NotReadableException notReadable(ExecutionException e) {
        if (e.getCause() instanceof NotReadableException known) {
            return known;
        }
        throw new IllegalStateException("a partition could not be read", e.getCause());
    }

    private void refreshOrGiveUp(long deadline, Map<Integer, Long> missing, NotReadableException last)
            throws InterruptedException {
        if (deadline - System.nanoTime() <= ASK_AGAIN_AFTER_NANOS) {
            throw new NotReadableException(
                    "partitions " + missing.keySet() + " cannot be read now: " + last.getMessage());
        }
        TimeUnit.NANOSECONDS.sleep(ASK_AGAIN_AFTER_NANOS);
        owners.refresh();
    }

    private static Duration left(long deadline) {
        return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    }

    @Override
    public void close() {
        parallel.shutdownNow();
        owners.close();
    }
}
