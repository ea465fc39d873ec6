package dev.traced.testing.verify;

import java.time.Duration;

/** The server's rolling window and grace: what is accepted, and what is shown, at a given time. */
public record Visibility(Duration window, Duration grace) {

    public static final Visibility DEFAULT = new Visibility(Duration.ofMinutes(30), Duration.ofSeconds(5));

    /** A span that starts earlier is discarded. */
    public long oldestAccepted(long nowNanos) {
        return nowNanos - window.toNanos();
    }

    /** A trace that starts earlier is gone. */
    public long oldestVisible(long nowNanos) {
        return oldestAccepted(nowNanos) - grace.toNanos();
    }
}
