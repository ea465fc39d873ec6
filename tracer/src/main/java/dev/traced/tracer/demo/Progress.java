package dev.traced.tracer.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Counts the visits, says how many there were every 10 s, and shows one that is worth a look. Any thread adds. */
final class Progress implements AutoCloseable {
    private static final int SAY_EVERY_SECONDS = 10;

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger errors = new AtomicInteger();
    private final Queue<Visit> visits = new ConcurrentLinkedQueue<>();
    /** The first that is worth a look. */
    private final AtomicReference<@Nullable Visit> interesting = new AtomicReference<>();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Collector collector;
    private final boolean isKept;
    private final PrintWriter out;
    private boolean isShown;

    /**
     * @param isKept whether visits are asked for in the end; without, they would be kept for as long as they come
     * @param isTraced whether there are traces to show
     */
    Progress(Collector collector, boolean isKept, boolean isTraced, PrintWriter out) {
        this.collector = collector;
        this.isKept = isKept;
        this.out = out;
        this.isShown = !isTraced;
        timer.scheduleAtFixedRate(this::say, SAY_EVERY_SECONDS, SAY_EVERY_SECONDS, TimeUnit.SECONDS);
        timer.scheduleWithFixedDelay(this::show, 1, 1, TimeUnit.SECONDS);
    }

    void add(Visit visit) {
        requests.incrementAndGet();
        if (visit.status() == 0 || visit.status() >= 400) {
            errors.incrementAndGet();
        }
        if (isKept) {
            visits.add(visit);
        }
        if (visit.journey().isInteresting() && visit.endedAsItMust()) {
            interesting.compareAndSet(null, visit);
        }
    }

    int requests() {
        return requests.get();
    }

    List<Visit> visits() {
        return List.copyOf(visits);
    }

    private void say() {
        out.printf("%d requests, %d answered with an error%n", requests.get(), errors.get());
        out.flush();
    }

    /** Shows the trace that is worth a look, unless it has; once it is whole: its last spans are on their way for some seconds. */
    synchronized void show() {
        Visit visit = interesting.get();
        if (isShown || visit == null) {
            return;
        }
        try {
            boolean isWhole = collector
                    .trace(visit.traceId())
                    .filter(trace -> Comparison.problem(visit, trace).isEmpty())
                    .isPresent();
            if (isWhole) {
                isShown = true;
                out.println("a trace worth a look: " + collector.link(visit.traceId()));
                out.println("  an order whose payment failed and was tried again; shipped by way of Kafka; "
                        + visit.journey().spans().values().stream()
                                .mapToInt(count -> count)
                                .sum() + " spans");
                out.flush();
            }
        } catch (IOException e) {
            // The collector is away; it may be back in a second.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
