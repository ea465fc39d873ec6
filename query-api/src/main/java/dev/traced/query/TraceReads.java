package dev.traced.query;

import dev.traced.http.Bulkhead;
import dev.traced.http.HttpProblem;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import io.javalin.http.Handler;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

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

    private static final long LARGE_BYTES = 2 << 20;
    private static final long WAIT_MS = 2_000;

    private final TraceReader traces;
    private final LongSupplier nowNanos;
    private final Bulkhead bulkhead = new Bulkhead("answer-queries", MAX_READS, MAX_WAITING);
    private final Semaphore details = new Semaphore(MAX_DETAILS, true);
    private final Semaphore largeDetails = new Semaphore(1, true);
    private final Timer listTime;
    private final Timer detailTime;
    private final Timer logsTime;

    /** @param nowNanos the wall clock, in Unix nanoseconds */
    public TraceReads(TraceReader traces, LongSupplier nowNanos, MeterRegistry registry) {
        this.traces = traces;
        this.nowNanos = nowNanos;
        this.listTime = timer(registry, "list");
        this.detailTime = timer(registry, "detail");
        this.logsTime = timer(registry, "logs");
    }

    private static Timer timer(MeterRegistry registry, String query) {
        return Timer.builder("traced.query")
                .description("How long queries took, the read barrier included")
                .tag("query", query)
                .publishPercentiles(0.5, 0.99)
                .register(registry);
    }

    /** For routes that read: slow readers of their answers hold up other queries at most. */
    Handler route(Handler handler) {
        return bulkhead.around(handler);
    }

    /** Unix nanoseconds. */
    long nowNanos() {
        return nowNanos.getAsLong();
    }

    /** @throws dev.traced.model.NotReadableException if not every partition could be read */
    TracePage list(TraceQuery query) throws InterruptedException {
        long start = System.nanoTime();
        try {
            return traces.list(query);
        } finally {
            listTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
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
     */
    void detail(TraceId traceId, Detail detail) throws InterruptedException, IOException {
        read(() -> traces.spans(traceId, nowNanos()), detailTime, detail);
    }

    private void read(Read read, Timer timer, Detail detail) throws InterruptedException, IOException {
        waitFor(details);
        long start = System.nanoTime();
        try {
            List<byte[]> values = read.run();
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
            timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Reads the logs of a trace. What is done with them counts as part of the read.
     *
     * @throws dev.traced.model.NotReadableException if its partition could not be read
     */
    void logs(TraceId traceId, Detail detail) throws InterruptedException, IOException {
        read(() -> traces.logs(traceId), logsTime, detail);
    }

    private interface Read {
        List<byte[]> run() throws InterruptedException;
    }

    private static void waitFor(Semaphore room) throws InterruptedException {
        if (!room.tryAcquire(WAIT_MS, TimeUnit.MILLISECONDS)) {
            throw new HttpProblem(503, "too many queries at a time");
        }
    }
}
