package dev.traced.query;

import dev.traced.http.Bulkhead;
import dev.traced.http.HttpProblem;
import dev.traced.model.CompareQuery;
import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import dev.traced.model.OverviewQuery;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceId;
import dev.traced.model.TraceOverview;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceTooLargeException;
import io.javalin.http.Handler;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Reads on behalf of every API: not too many at a time, so that they cannot take all threads from ingest or all memory
 * with large traces, and timed. For use by any number of threads.
 */
public final class TraceReads {
    /** So many reads at a time, their answers included; further ones wait. */
    private static final int MAX_READS = 32;

    private static final int MAX_WAITING = 128;

    /** So many details at a time, of them one large one: all of its spans are in memory while they are put in order. */
    private static final int MAX_DETAILS = 8;

    /** So many at a time: each has a histogram a step and partition in memory, of traces of all durations 10 MB and more. */
    private static final int MAX_OVERVIEWS = 4;

    /** So many at a time: what traces have is in memory until it is compared, some 15 MB a partition at the most. */
    private static final int MAX_COMPARISONS = 2;

    /** So many at a time of the logs that take more than a page. They are in memory a page at a time, those found besides. */
    private static final int MAX_LARGE_LOGS = 1;

    /** What logs may take that were read and are not written yet: a client may take half a minute to read them. */
    private static final int MAX_UNWRITTEN_KIB =
            (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / 4 / 1024);

    /** Whoever asked has given up soon after; a gigabyte and more is read by then. */
    private static final Duration LONGEST_LOGS = Duration.ofSeconds(8);

    /** Of the histogram of latencies: unlike percentiles it can be added up over processes. */
    private static final Duration[] BUCKETS = IntStream.of(
                    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private static final long LARGE_BYTES = 2 << 20;
    private static final long WAIT_MS = 2_000;

    private final TraceReader traces;
    private final LongSupplier nowNanos;
    private final Duration longestLogs;
    private final Bulkhead bulkhead = new Bulkhead("answer-queries", MAX_READS, MAX_WAITING);
    private final Semaphore details = new Semaphore(MAX_DETAILS, true);
    private final Semaphore largeDetails = new Semaphore(1, true);
    private final Semaphore overviews = new Semaphore(MAX_OVERVIEWS, true);
    private final Semaphore comparisons = new Semaphore(MAX_COMPARISONS, true);
    private final Semaphore largeLogs = new Semaphore(MAX_LARGE_LOGS, true);
    private final Semaphore unwrittenLogs = new Semaphore(MAX_UNWRITTEN_KIB);
    private final Timer listTime;
    private final Timer overviewTime;
    private final Timer compareTime;
    private final Timer detailTime;
    private final Timer logsTime;
    private final Timer statsTime;

    /** @param nowNanos the wall clock, in Unix nanoseconds */
    public TraceReads(TraceReader traces, LongSupplier nowNanos, MeterRegistry registry) {
        this(traces, nowNanos, registry, LONGEST_LOGS);
    }

    /** @param longestLogs how long the logs of one trace may take to read */
    TraceReads(TraceReader traces, LongSupplier nowNanos, MeterRegistry registry, Duration longestLogs) {
        this.traces = traces;
        this.nowNanos = nowNanos;
        this.longestLogs = longestLogs;
        this.listTime = timer(registry, "list");
        this.overviewTime = timer(registry, "overview");
        this.compareTime = timer(registry, "compare");
        this.detailTime = timer(registry, "detail");
        this.logsTime = timer(registry, "logs");
        this.statsTime = timer(registry, "stats");
    }

    private static Timer timer(MeterRegistry registry, String query) {
        return Timer.builder("traced.query")
                .description("How long queries took, the read barrier included")
                .tag("query", query)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    /** For routes that read: slow readers of their answers hold up other queries at most. */
    Handler route(Handler handler) {
        return bulkhead.around(ctx -> {
            QueryEncoding.require(ctx);
            handler.handle(ctx);
        });
    }

    /** Unix nanoseconds. */
    long nowNanos() {
        return nowNanos.getAsLong();
    }

    /** @throws dev.traced.model.NotReadableException if not every partition could be read */
    TracePage list(TraceQuery query) throws InterruptedException {
        return timed(listTime, () -> traces.list(query));
    }

    /** @throws dev.traced.model.NotReadableException if not every partition could be read */
    TraceOverview overview(OverviewQuery query) throws InterruptedException {
        waitFor(overviews);
        try {
            return timed(overviewTime, () -> traces.overview(query));
        } finally {
            overviews.release();
        }
    }

    /** @throws dev.traced.model.NotReadableException if not every partition could be read */
    StatsPage stats(StatsQuery query) throws InterruptedException {
        return timed(statsTime, () -> traces.stats(query));
    }

    /**
     * What is different about the selected traces.
     *
     * @throws dev.traced.model.NotReadableException if not every partition could be read
     */
    Differences compare(CompareQuery query) throws InterruptedException {
        waitFor(comparisons);
        try {
            return timed(compareTime, () -> Differences.of(traces.compare(query)));
        } finally {
            comparisons.release();
        }
    }

    private interface Read<T> {
        T run() throws InterruptedException;
    }

    private static <T> T timed(Timer timer, Read<T> read) throws InterruptedException {
        long start = System.nanoTime();
        try {
            return read.run();
        } finally {
            timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    /** Does something with all that arrived of a trace; there is nothing of an unknown one. */
    interface Detail {
        void use(List<byte[]> values) throws IOException;
    }

    /**
     * Reads a trace. What is done with it counts as part of the read.
     *
     * @throws dev.traced.model.NotReadableException if its partition could not be read
     * @throws dev.traced.model.TraceDroppedException if tail sampling dropped it
     */
    void detail(TraceId traceId, Detail detail) throws InterruptedException, IOException {
        waitFor(details);
        long start = System.nanoTime();
        try {
            List<byte[]> values = traces.spans(traceId, nowNanos());
            boolean large = values.stream().mapToLong(value -> value.length).sum() > LARGE_BYTES;
            if (large) {
                waitFor(largeDetails);
            }
            try {
                detail.use(values);
            } finally {
                if (large) {
                    largeDetails.release();
                }
            }
        } finally {
            details.release();
            detailTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    /** Takes the logs of a trace page by page, in the order they arrived, and then answers. */
    interface LogsAnswer {
        void add(List<byte[]> values);

        /** About how much memory it takes until it is written. */
        long bytes();

        void write() throws IOException;
    }

    /**
     * Reads the logs of a trace. Adding them counts as part of the read, writing does not.
     *
     * @throws dev.traced.model.NotReadableException if its partition could not be read
     * @throws TraceTooLargeException if there are more than can be read in reasonable time
     */
    void logs(TraceId traceId, LogsAnswer answer) throws InterruptedException, IOException {
        long start = System.nanoTime();
        try {
            int room = readPage(traceId, answer);
            if (room == 0) {
                room = readPages(traceId, answer);
            }
            try {
                answer.write(); // whoever reads it slowly keeps nobody from reading other logs
            } finally {
                unwrittenLogs.release(room);
            }
        } finally {
            logsTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    /** @return the room that the answer has taken; 0 if it is not all on one page, and nothing of it was added */
    private int readPage(TraceId traceId, LogsAnswer answer) throws InterruptedException {
        waitFor(details);
        try {
            LogPage page = traces.logs(traceId, LogPosition.START);
            if (page.next() != null) {
                return 0; // it is read again when its turn has come, and waits without memory and without a permit
            }
            answer.add(page.values());
            return takeRoom(answer);
        } finally {
            details.release();
        }
    }

    /** @return the room that the answer has taken */
    private int readPages(TraceId traceId, LogsAnswer answer) throws InterruptedException {
        waitFor(largeLogs);
        long start = System.nanoTime();
        try {
            for (LogPosition next = LogPosition.START; next != null; ) {
                LogPage page = traces.logs(traceId, next);
                answer.add(page.values());
                next = page.next();
                if (next != null) {
                    requireTime(start);
                }
            }
            return takeRoom(answer);
        } finally {
            largeLogs.release();
        }
    }

    /** At once or not at all: others wait for who asks. */
    private int takeRoom(LogsAnswer answer) {
        int room = (int) Math.min(MAX_UNWRITTEN_KIB, 1 + (answer.bytes() >> 10));
        if (!unwrittenLogs.tryAcquire(room)) {
            throw tooMany();
        }
        return room;
    }

    private void requireTime(long start) {
        if (System.nanoTime() - start > longestLogs.toNanos()) {
            throw new TraceTooLargeException(
                    "the trace has more logs than can be read in " + longestLogs.toSeconds() + " s");
        }
    }

    private static void waitFor(Semaphore room) throws InterruptedException {
        if (!room.tryAcquire(WAIT_MS, TimeUnit.MILLISECONDS)) {
            throw tooMany();
        }
    }

    private static HttpProblem tooMany() {
        return new HttpProblem(503, "too many queries at a time");
    }
}
