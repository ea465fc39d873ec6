package dev.traced.ingest;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A number of bytes that many requests share. Whoever comes while nothing is taken is let in whatever its size, so that
 * a request larger than the budget waits for its turn and not for ever. For use by any number of threads.
 */
final class ByteBudget {
    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    ByteBudget(long limit) {
        this.limit = limit;
    }

    boolean tryTake(long bytes) {
        long before;
        do {
            before = taken.get();
            if (before != 0 && before + bytes > limit) {
                return false;
            }
        } while (!taken.compareAndSet(before, before + bytes));
        return true;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}
