package dev.traced.model;

import java.time.Duration;

/**
 * The only arithmetic of the window. A span is accepted while it started no longer than {@code window} ago; a trace is
 * visible while its root started no longer than {@code window + grace} ago. The grace keeps what was accepted at the
 * edge of the window visible for those who read right after they wrote. All times are Unix nanoseconds.
 */
public record RollingWindow(Duration window, Duration grace) {
    public RollingWindow {
        if (window.isNegative() || window.isZero()) {
            throw new IllegalArgumentException("window must be positive, was " + window);
        }
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace must not be negative, was " + grace);
        }
    }

    /** The earliest start a span may have to be accepted at {@code nowNanos}. */
    public long acceptedFrom(long nowNanos) {
        return nowNanos - window.toNanos();
    }

    /** The earliest start a root may have for its trace to be visible at {@code nowNanos}. */
    public long visibleFrom(long nowNanos) {
        return nowNanos - window.toNanos() - grace.toNanos();
    }

    /** How long a span that starts when it arrives stays visible. */
    public Duration length() {
        return window.plus(grace);
    }
}
