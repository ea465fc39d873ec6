package dev.traced.standalone;

import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The one place that reads the wall clock; everyone else is given the time. */
final class WallClock {
    private WallClock() {}

    /** Unix nanoseconds. */
    static long nowNanos() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
