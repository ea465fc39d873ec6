package dev.traced.assembler.store;

import dev.traced.assembler.stats.CountedTrace;
import dev.traced.assembler.stats.ServiceStats;
import dev.traced.assembler.trace.Closing;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.RollingWindow;
import dev.traced.model.TraceId;
import dev.traced.topics.KnownNames;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the traces that had closed when a store became active, apart from the stream thread, which goes on adding those
 * that close from then on. Statistics are a matter of the heap only: every start begins with this.
 */
final class Recount implements Runnable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Recount.class);
    private static final double HALF_OF_IDS = 0x1p63;

    private final RocksRows rows;
    private final RocksRows.View view;
    private final ServiceStats services;
    private final long visibleFrom;
    private final KnownNames names = new KnownNames();
    private boolean hasBegun;
    private volatile boolean isCancelled;
    private volatile boolean isDone;
    private final AtomicLong counted = new AtomicLong();
    private volatile double share;

    /** Takes a view of the rows, as they are now; {@link #run} or {@link #cancel} lets go of it. */
    Recount(RocksRows rows, ServiceStats services, RollingWindow window, long nowMs) {
        this.rows = rows;
        this.view = rows.new View();
        this.services = services;
        this.visibleFrom = window.visibleFrom(TimeUnit.MILLISECONDS.toNanos(nowMs));
    }

    @Override
    public void run() {
        long start = System.nanoTime();
        try {
            rows.read(() -> {
                if (begin()) {
                    try (view) {
                        count();
                    }
                }
                return this;
            });
            if (isDone) {
                LOGGER.atDebug()
                        .addKeyValue("traces", counted.get())
                        .addKeyValue("tookMs", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                        .log("services counted");
            }
        } catch (InvalidStateStoreException e) {
            LOGGER.debug("the store was closed before its services were counted");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.warn("services cannot be counted until the partition starts again", e);
        }
    }

    private synchronized boolean begin() {
        hasBegun = !isCancelled;
        return hasBegun;
    }

    /** Ends it, before the store is closed. */
    synchronized void cancel() {
        if (!hasBegun && !isCancelled) {
            view.close();
        }
        isCancelled = true;
    }

    private void count() {
        ClosedHeads.forEach(view, (traceId, head, closing) -> {
            if (!isCancelled) {
                count(traceId, head, closing);
            }
            return !isCancelled;
        });
        isDone = !isCancelled;
    }

    private void count(TraceId traceId, TraceHead head, Closing closing) {
        // One dated ahead is taken away when it is evicted, so until then it must be there.
        boolean isForgotten =
                head.isExpired(visibleFrom) && !CountedTrace.isFuture(head.newestStartNanos(), closing.atMs());
        if (!isForgotten && head.owns(closing.offset())) {
            services.replace(null, new Chunks(view).counted(traceId, head, closing, names));
        }
        counted.incrementAndGet();
        share = (traceId.high() >>> 1) / HALF_OF_IDS;
    }

    boolean isDone() {
        return isDone;
    }

    /** @throws InvalidStateStoreException if it is still under way */
    void requireDone() {
        if (!isDone) {
            throw new InvalidStateStoreException("the services are being counted after a start: "
                    + Math.round(100 * share) + "% done, " + counted.get() + " traces");
        }
    }
}
