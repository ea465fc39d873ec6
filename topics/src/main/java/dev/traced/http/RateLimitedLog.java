package dev.traced.http;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Lets one log entry through per interval and counts the others, so that a broken broker or a hostile client cannot
 * fill the disk. For use by any number of threads.
 */
public final class RateLimitedLog {
    private final long intervalNanos = TimeUnit.SECONDS.toNanos(10);
    private final LongSupplier nanoTime;
    private final AtomicLong nextAt;
    private final AtomicLong suppressed = new AtomicLong();

    /** @param nanoTime a clock that never goes back, such as {@link System#nanoTime} */
    public RateLimitedLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.nextAt = new AtomicLong(nanoTime.getAsLong());
    }

    /** Runs {@code entry} with the number of entries held back since the last one, or counts it as held back. */
    public void log(Consumer<Long> entry) {
        long now = nanoTime.getAsLong();
        long due = nextAt.get();
        if (now - due < 0 || !nextAt.compareAndSet(due, now + intervalNanos)) {
            suppressed.incrementAndGet();
            return;
        }
        entry.accept(suppressed.getAndSet(0));
    }
}
