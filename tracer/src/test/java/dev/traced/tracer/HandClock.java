package dev.traced.tracer;

import io.opentelemetry.sdk.common.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time by hand: a wall clock that can be set, and a monotonic one that cannot. Any thread. */
final class HandClock implements Clock {
    static final long START = 1_800_000_000_000_000_000L;

    private final AtomicLong nanos = new AtomicLong(77);
    private final AtomicLong offset = new AtomicLong(START - 77);

    @Override
    public long now() {
        return nanos.get() + offset.get();
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    void pass(long time) {
        nanos.addAndGet(time);
    }

    /** As an administrator or NTP does: the wall clock alone. */
    void set(Duration by) {
        offset.addAndGet(by.toNanos());
    }
}
