package dev.traced.testing.verify;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Unix time in nanoseconds, as the contract counts it. */
record NanoClock(Clock clock) {

    long nanos() {
        Instant now = clock.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }
}
