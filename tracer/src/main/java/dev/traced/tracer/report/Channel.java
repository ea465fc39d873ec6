package dev.traced.tracer.report;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The way of one kind of telemetry to the collector: what waits for it, and how it is brought there. Any thread. */
final class Channel {
    /**
     * The SDK merges what is asked for while it flushes with what was asked for before, which may have been too
     * early.
     */
    private static final Duration ASK_AGAIN = Duration.ofMillis(20);

    private final Delivery<?> delivery;
    private final Backlog backlog;
    private final Runnable flush;

    /** @param flush has the SDK hand over what waits, without waiting for it */
    Channel(Delivery<?> delivery, Runnable flush) {
        this.delivery = delivery;
        this.backlog = delivery.backlog();
        this.flush = flush;
    }

    /** What has ended up to now is to be sent. */
    Flush flush() {
        Flush from = new Flush(backlog.admitted(), lost()); // before it can be refused
        flush.run();
        return from;
    }

    private long lost() {
        Drops drops = backlog.drops();
        return drops.refused() + drops.closed();
    }

    void abandon() {
        backlog.close();
        delivery.abandon();
    }

    /**
     * Once the SDK has been shut down. Its worker may look whether to go on just before it is told not to, and would then sleep,
     * after its end, until the next batch is due: a minute or more, if that is what the settings say. To be asked wakes it.
     */
    void giveUp() {
        flush.run();
        delivery.giveUp();
    }

    Drops drops() {
        return backlog.drops();
    }

    /** The SDK's own says that all is well when the exporter has failed, and so says nothing. */
    final class Flush {
        private final long admitted;
        private final long lostBefore;

        private Flush(long admitted, long lostBefore) {
            this.admitted = admitted;
            this.lostBefore = lostBefore;
        }

        /** Whether all of it has been sent before that time of {@link System#nanoTime}. */
        boolean await(long deadlineNanos) throws InterruptedException {
            long leftNanos = deadlineNanos - System.nanoTime();
            while (!backlog.awaitSettled(admitted, least(leftNanos))) {
                leftNanos = deadlineNanos - System.nanoTime();
                if (leftNanos <= 0) {
                    return false;
                }
                flush.run();
            }
            return lost() == lostBefore;
        }

        private static Duration least(long leftNanos) {
            return Duration.ofNanos(
                    Math.min(Math.max(leftNanos, TimeUnit.MILLISECONDS.toNanos(1)), ASK_AGAIN.toNanos()));
        }
    }
}
