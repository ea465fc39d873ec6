package dev.traced.assembler.stats;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the statistics of all partitions of a process may take of its heap together, in bytes. For use by any number of
 * threads.
 */
public final class StatsBudget {
    private final long max;
    private final AtomicLong used = new AtomicLong();

    public StatsBudget(long maxBytes) {
        this.max = maxBytes;
    }

    /** An eighth of the heap. */
    public static StatsBudget ofHeap() {
        return new StatsBudget(Runtime.getRuntime().maxMemory() / 8);
    }

    void use(long bytes) {
        used.addAndGet(bytes);
    }

    /** What they take now. */
    public long usedBytes() {
        return used.get();
    }

    boolean isSpent() {
        return used.get() > max;
    }
}
