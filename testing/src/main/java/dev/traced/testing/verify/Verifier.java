package dev.traced.testing.verify;

import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.ListedTrace;
import dev.traced.testing.verify.wire.TracedClient;
import dev.traced.testing.verify.workload.Workload;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Holds a server against its contract: {@link #write} workloads, kill and restart the server as you like, {@link #check}.
 * The server must be empty before the first write, and nobody else may write to it: totals are exact.
 *
 * <p>Thread-safe. Differences are collected over the verifier's whole life; every {@link Report} has all of them.
 */
public final class Verifier {

    private static final int UNKNOWN_TRACES = 10;

    private final TracedClient client;
    private final VerifierSettings settings;
    private final NanoClock clock;
    private final Ledger ledger = new Ledger();
    private final Findings findings = new Findings();
    private final ReadYourWrites reads;
    private final AtomicInteger running = new AtomicInteger();
    private volatile long seed;

    public Verifier(TracedClient client, VerifierSettings settings) {
        this(client, settings, Clock.systemUTC());
    }

    /** @param clock the server's, for what is visible and what has expired */
    public Verifier(TracedClient client, VerifierSettings settings, Clock clock) {
        this.client = client;
        this.settings = settings;
        this.clock = new NanoClock(clock);
        this.reads = new ReadYourWrites(client, ledger, findings, settings, this.clock);
    }

    /**
     * Posts all of it and reads meanwhile; returns when everything is acknowledged. The server may go away and come back:
     * each request is repeated until its 202, within the settings' patience, after which the write is given up and reported.
     */
    public Report write(Workload workload) {
        running.incrementAndGet();
        try {
            seed = workload.seed();
            findings.workload(workload.toString());
            new WriteRun(workload, client, ledger, findings, reads, settings, clock).run();
            return findings.report();
        } finally {
            running.decrementAndGet();
        }
    }

    /** The same on a thread of its own. */
    public CompletableFuture<Report> writeInBackground(Workload workload) {
        running.incrementAndGet();
        CompletableFuture<Report> written = new CompletableFuture<>();
        Thread thread = new Thread(() -> writeInto(written, workload), "verifier");
        thread.setDaemon(true);
        thread.start();
        return written;
    }

    private void writeInto(CompletableFuture<Report> written, Workload workload) {
        try {
            Report report = write(workload);
            running.decrementAndGet();
            written.complete(report);
        } catch (Throwable e) {
            running.decrementAndGet();
            written.completeExceptionally(e);
        }
    }

    /** At any time, also while writing: every acknowledged span is there. What else is there does not matter. */
    public Report checkAcknowledged() {
        List<String> traces = ledger.readable();
        inParallel(traces, reads::detail);
        reads.total();
        return findings.report();
    }

    /** When nobody writes: every page, every detail and many ranges equal the oracle's. */
    public Report check() {
        if (running.get() > 0) {
            throw new IllegalStateException("check() is for when nothing is being written; use checkAcknowledged()");
        }
        Oracle oracle = Oracle.of(ledger.arrivals(), settings.visibility());
        ExactCheck exact = new ExactCheck(client, oracle, findings, settings, clock);
        exact.list(new ListQuery(null, null, null));
        walk(exact);
        RangeQueries ranges = new RangeQueries(new SplittableRandom(seed), oracle.listed(clock.nanos()));
        for (int i = 0; i < settings.rangeQueries(); i++) {
            exact.list(ranges.next());
        }
        List<String> traces = oracle.traceIds().stream().sorted().toList();
        inParallel(traces, traceId -> exact.detail(traceId, spelled(traceId)));
        unknown(exact);
        return findings.report();
    }

    /** Page after page, each ending before the start of the last row; rows tied with it that did not fit are asked for by themselves. */
    private static void walk(ExactCheck exact) {
        List<ListedTrace> page = exact.list(ListQuery.newest(ListQuery.MAX_LIMIT));
        while (page.size() == ListQuery.MAX_LIMIT) {
            long last = page.get(page.size() - 1).startTimeNanos();
            exact.list(ListQuery.startingAt(last));
            page = exact.list(new ListQuery(ListQuery.MAX_LIMIT, null, last));
        }
    }

    /** Some ids are asked for in upper case: they are the same ids. */
    private static String spelled(String traceId) {
        return traceId.startsWith("0") ? traceId.toUpperCase(Locale.ROOT) : traceId;
    }

    private void unknown(ExactCheck exact) {
        SplittableRandom random = new SplittableRandom(~seed);
        for (int i = 0; i < UNKNOWN_TRACES; i++) {
            String traceId = new UUID(random.nextLong(), random.nextLong()).toString();
            exact.detail(traceId, traceId);
        }
    }

    private void inParallel(List<String> traces, Consumer<String> check) {
        AtomicInteger next = new AtomicInteger();
        try (Crew crew = new Crew("verifier-check", findings.report().workloads())) {
            crew.start(settings.readers(), () -> {
                        int i;
                        while ((i = next.getAndIncrement()) < traces.size()) {
                            check.accept(traces.get(i));
                        }
                    })
                    .await();
        }
    }

    /** Spans acknowledged so far: grows while writing. */
    public long acknowledgedSpans() {
        return report().count("spans acknowledged");
    }

    /** Everything found so far. */
    public Report report() {
        return findings.report();
    }
}
