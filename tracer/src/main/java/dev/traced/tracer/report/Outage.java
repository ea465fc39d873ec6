package dev.traced.tracer.report;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the log says of a collector that is away: a line with the reason when it begins, one when it is over, and at
 * most one a minute about what was dropped. Used by the thread that sends, but for the last line: a request of the program
 * never writes these lines.
 */
final class Outage {
    private static final Logger LOG = LoggerFactory.getLogger("dev.traced.tracer");
    private static final long SAY_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final String what;
    private final Backlog backlog;
    private @Nullable Long sinceNanos;
    private @Nullable Long saidDropsNanos;
    private long dropsSaid;

    Outage(String what, Backlog backlog) {
        this.what = what;
        this.backlog = backlog;
    }

    void goesOn(String reason) {
        if (sinceNanos == null) {
            sinceNanos = System.nanoTime();
            LOG.warn("the collector does not take {}, which wait for it meanwhile: {}", what, reason);
        }
        sayDrops("no room while it is away");
    }

    /** @param rejected why the collector did not want some of what it took; empty if it took all */
    void isOver(String rejected) {
        if (sinceNanos != null) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - sinceNanos);
            sinceNanos = null;
            LOG.info("the collector takes {} again after {} s", what, seconds);
        }
        sayDrops(rejected.isEmpty() ? "no room" : "the collector says: " + rejected);
    }

    void refuses(String reason) {
        sayDrops("the collector refuses them with " + reason);
    }

    /** At the end, by the thread that closes: nobody will ask for the counters any more. */
    void isLeft() {
        long left = backlog.drops().closed();
        if (left > 0) {
            LOG.warn("{} {} were dropped: the collector had not taken them when tracing was closed", left, what);
        }
    }

    private void sayDrops(String reason) {
        long drops = backlog.drops().total();
        long now = System.nanoTime();
        boolean due = saidDropsNanos == null || now - saidDropsNanos >= SAY_AGAIN_NANOS;
        if (drops > dropsSaid && due) {
            LOG.warn("{} {} were dropped: {}", drops - dropsSaid, what, reason);
            dropsSaid = drops;
            saidDropsNanos = now;
        }
    }
}
