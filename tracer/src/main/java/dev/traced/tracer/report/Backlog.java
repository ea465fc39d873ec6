package dev.traced.tracer.report;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The account of what has ended and is not sent yet: it admits what there is room for, and knows what became of
 * everything. Each item that ends is either turned away here, or waits until it is settled as sent or dropped, in the
 * order it came.
 *
 * <p>Any thread may call any method. Who ends a span never waits here.
 */
final class Backlog {
    private final int maxItems;
    private final long maxBytes;
    private final AtomicLong admitted = new AtomicLong();
    private final AtomicLong settled = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final LongAdder queueFull = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder closedDrops = new LongAdder();
    private volatile boolean closed;

    /**
     * @param maxItems how many may wait, those on their way included
     * @param maxBytes how much memory they may take, by {@link Weight}
     */
    Backlog(int maxItems, long maxBytes) {
        this.maxItems = maxItems;
        this.maxBytes = maxBytes;
    }

    /** Whether an item of this weight may wait; if not it counts as dropped. */
    boolean admit(long weight) {
        if (closed) {
            closedDrops.increment();
            return false;
        }
        if (bytes.addAndGet(weight) <= maxBytes && takePlace()) {
            return true;
        }
        bytes.addAndGet(-weight);
        queueFull.increment();
        return false;
    }

    private boolean takePlace() {
        long before;
        do {
            before = admitted.get();
            if (before - settled.get() >= maxItems) {
                return false;
            }
        } while (!admitted.compareAndSet(before, before + 1));
        return true;
    }

    /** @param rejected how many of them the collector did not want */
    synchronized void sent(int items, long weight, int rejected) {
        refused.add(Math.min(settle(items, weight), rejected));
    }

    synchronized void refused(int items, long weight) {
        refused.add(settle(items, weight));
    }

    synchronized void abandoned(int items, long weight) {
        closedDrops.add(settle(items, weight));
    }

    /** From here on nothing is admitted. */
    void close() {
        closed = true;
    }

    /** Counts as dropped whatever still waits: nobody will send it any more. */
    synchronized void giveUp() {
        closed = true;
        closedDrops.add(settle(Long.MAX_VALUE, bytes.get()));
    }

    /** Of what was given up nothing is counted again, should it be settled after all. */
    private long settle(long items, long weight) {
        long known = Math.min(items, waiting());
        settled.addAndGet(known);
        bytes.addAndGet(known == 0 ? 0 : -weight);
        notifyAll();
        return known;
    }

    long admitted() {
        return admitted.get();
    }

    long waiting() {
        return admitted.get() - settled.get();
    }

    long waitingBytes() {
        return bytes.get();
    }

    /** Waits until the first so many that were admitted are settled; returns whether they are. */
    synchronized boolean awaitSettled(long first, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (settled.get() < first) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (leftMs <= 0) {
                return false;
            }
            wait(leftMs);
        }
        return true;
    }

    Drops drops() {
        return new Drops(queueFull.sum(), refused.sum(), closedDrops.sum());
    }
}
