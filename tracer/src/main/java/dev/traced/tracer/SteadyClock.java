package dev.traced.tracer;

import io.opentelemetry.sdk.common.Clock;
import java.util.concurrent.TimeUnit;

/**
 * A wall clock that never runs backwards, for all spans of the process.
 *
 * <p>The SDK reads the wall clock at every span without a parent of its own process, and below that span counts
 * nanoseconds on from there. A service that calls itself, or another one in the same process, begins such a span
 * inside of a trace: were the clock set back in between, a child would start before its parent. This clock is one
 * function of the monotonic clock, which the SDK gets for both:
 *
 * <ul>
 *   <li>once a second it looks where the wall clock is, and goes there at a rate that differs from the true one by a
 *       tenth at most: so much a duration can be wrong while it does. A second that the clock is set back takes ten,
 *       an hour ten hours;
 *   <li>where the wall clock is ahead by more than a second, it leaps: the machine has slept.
 * </ul>
 *
 * <p>Between processes nothing of this can hold: what the parent's clock said there is not known here.
 *
 * <p>Any thread may call any method.
 */
final class SteadyClock implements Clock {
    /** One for all, so that what several instances of {@link Tracing} report from one process has one order. */
    static final SteadyClock SYSTEM = new SteadyClock(Clock.getDefault());

    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CORRECT_AT_MOST_NANOS = LOOK_EVERY_NANOS / 10;
    private static final long LEAP_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Whoever was interrupted between two readings has learned nothing from them. */
    private static final long TELLS_NOTHING_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final Clock source;
    private volatile Second second;

    /** @param source a wall clock, and a monotonic one that it has nothing to do with */
    SteadyClock(Clock source) {
        this.source = source;
        this.second = new Second(source.nanoTime(), source.now(), 0);
    }

    @Override
    public long now() {
        // In this order: when a second is seen, what the monotonic clock says afterwards is not before it. Who sees the
        // one before, and is past its end, waits for the look: so all threads read one function.
        Second current = second;
        long nanos = source.nanoTime();
        return current.has(nanos) ? current.at(nanos) : afterALook();
    }

    /** The same: what the SDK adds up of both must agree. */
    @Override
    public long nanoTime() {
        return now();
    }

    private synchronized long afterALook() {
        if (!second.has(source.nanoTime())) {
            second = look();
        }
        return second.at(source.nanoTime());
    }

    private Second look() {
        long nanos = source.nanoTime();
        long wall = source.now();
        long tookNanos = source.nanoTime() - nanos;
        long now = second.at(nanos);
        long behind = tookNanos > TELLS_NOTHING_NANOS ? 0 : wall - now;
        if (behind > LEAP_NANOS) {
            return new Second(nanos, wall, 0);
        }
        return new Second(nanos, now, Math.max(-CORRECT_AT_MOST_NANOS, Math.min(CORRECT_AT_MOST_NANOS, behind)));
    }

    /**
     * From one look to the next, by the monotonic clock.
     *
     * @param epochNanos what this clock says when it begins
     * @param correctionNanos how much it goes faster or slower in all of it
     */
    private record Second(long fromNanos, long epochNanos, long correctionNanos) {
        boolean has(long nanos) {
            return nanos - fromNanos < LOOK_EVERY_NANOS;
        }

        long at(long nanos) {
            long elapsed = nanos - fromNanos;
            return epochNanos + elapsed + correctionNanos * Math.min(elapsed, LOOK_EVERY_NANOS) / LOOK_EVERY_NANOS;
        }
    }
}
