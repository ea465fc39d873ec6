package dev.traced.assembler.store;

import java.util.concurrent.atomic.AtomicLong;

/** What the search indexes of all stores of a process may take of the heap together, in bytes. For use by any number of threads. */
public final class SearchBudget {
    private final long max;
    private final AtomicLong used = new AtomicLong();

    public SearchBudget(long maxBytes) {
        this.max = maxBytes;
    }

    /** Three tenths of the heap: some 1,500,000 traces of usual size for each 768 MB of it. */
    public static SearchBudget ofHeap() {
        return new SearchBudget(Runtime.getRuntime().maxMemory() / 10 * 3);
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
