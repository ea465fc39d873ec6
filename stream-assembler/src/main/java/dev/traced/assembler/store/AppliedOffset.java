package dev.traced.assembler.store;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Up to which offset of the source partition the store has seen every record: the read barrier. Advanced by the stream
 * thread, and once by whoever learns the committed offset; awaited by query threads.
 *
 * <p>Kafka's own {@code PositionBound} cannot serve here: it is ignored for active tasks, forgotten by a restore and never
 * moved by a record that wrote nothing.
 */
final class AppliedOffset {
    static final long UNKNOWN = -1;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private final AtomicLong offset = new AtomicLong(UNKNOWN);
    private final AtomicInteger waiting = new AtomicInteger();
    private int forgotten;

    /** The store has seen every record up to and including {@code applied}; never moves back. */
    void advance(long applied) {
        offset.accumulateAndGet(applied, Math::max);
        // Ordered with await(): it counts itself before it reads the offset, we read the count after we wrote it.
        if (waiting.get() > 0) {
            lock.lock();
            try {
                advanced.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Nothing is known any more; whoever waits has waited in vain. */
    void forget() {
        lock.lock();
        try {
            offset.set(UNKNOWN);
            forgotten++;
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isAwaited() {
        return waiting.get() > 0;
    }

    long get() {
        return offset.get();
    }

    /**
     * Waits until {@code wanted} has been applied.
     *
     * @return false if it was not within the time
     */
    boolean await(long wanted, long timeoutNanos) throws InterruptedException {
        if (offset.get() >= wanted) {
            return true;
        }
        lock.lock();
        try {
            waiting.incrementAndGet();
            long left = timeoutNanos;
            int before = forgotten;
            while (offset.get() < wanted) {
                if (left <= 0 || forgotten != before) {
                    return false;
                }
                left = advanced.awaitNanos(left);
            }
            return true;
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }
}
