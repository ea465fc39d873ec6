package dev.traced.assembler.locks;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock for one writer that must not be kept out, and any number of readers that each hold it for some milliseconds. A fair
 * lock would have the writer wait for every reader that came before, each time anew: four clients that search all the time
 * took it from some 50,000 records a second to 30. Here one reader at a time stands at the lock, and after it the lock is
 * left to the writer for as long as that one had it. So readers together take half of the time at most.
 */
public final class WriterLock {
    private final ReentrantLock lock = new ReentrantLock();
    private final Semaphore turn = new Semaphore(1, true);

    /** Used by the reader whose turn it is. */
    private long readSince;

    private long restsUntil = System.nanoTime();

    /** Of the writer; waits for one reader at most. */
    public void lock() {
        lock.lock();
    }

    /** Of the writer. */
    public void unlock() {
        lock.unlock();
    }

    /**
     * Waits until it may be read; {@link #endRead} must follow, by the same thread.
     *
     * @param deadlineNanos of {@link System#nanoTime}
     * @return false if it is too late
     */
    public boolean beginRead(long deadlineNanos) throws InterruptedException {
        if (!turn.tryAcquire(left(deadlineNanos), TimeUnit.NANOSECONDS)) {
            return false;
        }
        boolean isLocked = false;
        try {
            TimeUnit.NANOSECONDS.sleep(Math.min(left(deadlineNanos), restsUntil - System.nanoTime()));
            isLocked = lock.tryLock(left(deadlineNanos), TimeUnit.NANOSECONDS);
            readSince = System.nanoTime();
            return isLocked;
        } finally {
            if (!isLocked) {
                turn.release();
            }
        }
    }

    /** What began with {@link #beginRead} ends. */
    public void endRead() {
        long now = System.nanoTime();
        restsUntil = now + (now - readSince);
        lock.unlock();
        turn.release();
    }

    private static long left(long deadlineNanos) {
        return Math.max(0, deadlineNanos - System.nanoTime());
    }
}
