package dev.traced.ingest.body;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A number of bytes that many requests share. Whoever comes while nothing is taken is let in whatever its size, so that
 * a request larger than the budget waits for its turn and not for ever. For use by any number of threads.
 */
public final class ByteBudget {
    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    public ByteBudget(long limit) {
        this.limit = limit;
    }

    public boolean tryTake(long bytes) {
        long before;
        do {
            before = taken.get();
            if (before != 0 && before + bytes > limit) {
                return false;
            }
        } while (!taken.compareAndSet(before, before + bytes));
        return true;
    }

    public void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    public long taken() {
        return taken.get();
    }
}
