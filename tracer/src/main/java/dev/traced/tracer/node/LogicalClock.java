package dev.traced.tracer.node;

import io.opentelemetry.sdk.common.Clock;
import java.time.Duration;

/** The node's time: 5 ms a step, so that what it answers is the same every time. Begins at the Unix epoch. */
final class LogicalClock implements Clock {
    private static final long STEP = Duration.ofMillis(5).toNanos();

    private long nanos;

    /** Time goes on: a message of the life of a span has come. */
    void step() {
        nanos += STEP;
    }

    @Override
    public long now() {
        return nanos;
    }

    @Override
    public long nanoTime() {
        return nanos;
    }
}
