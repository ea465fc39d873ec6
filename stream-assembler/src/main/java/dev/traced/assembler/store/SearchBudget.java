package dev.traced.assembler.store;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What searching may take of a process: bytes of the heap for the indexes of all stores together, and processors for what
 * lies beyond them. For use by any number of threads.
 */
public final class SearchBudget {
    /** So many searches at a time go through rows. Each takes a processor until it is done or out of time. */
    private static final int SCANS = 2;

    /** Smaller indexes are not why the budget is spent. */
    private static final int LARGE = 16;

    private final Semaphore scans = new Semaphore(SCANS, true);
    private final long max;
    private final AtomicLong used = new AtomicLong();

    public SearchBudget(long maxBytes) {
        this.max = maxBytes;
    }

    /** Three tenths of the heap: some 2,500,000 traces of usual size for each 768 MB of it. */
    public static SearchBudget ofHeap() {
        return new SearchBudget(Runtime.getRuntime().maxMemory() / 10 * 3);
    }

    /**
     * Waits until rows may be gone through; {@link #endScan} must follow.
     *
     * @param deadlineNanos of {@link System#nanoTime}
     * @return false if it is too late
     */
    boolean beginScan(long deadlineNanos) throws InterruptedException {
        return scans.tryAcquire(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    void endScan() {
        scans.release();
    }

    void use(long bytes) {
        used.addAndGet(bytes);
    }

    /** What they take now. */
    public long usedBytes() {
        return used.get();
    }

    /** Whether an index of so many bytes is worth cutting back if it is of a single second: it may have all traces there are. */
    boolean isLarge(long bytes) {
        return bytes > max / LARGE;
    }

    boolean isSpent() {
        return used.get() > max;
    }
}
