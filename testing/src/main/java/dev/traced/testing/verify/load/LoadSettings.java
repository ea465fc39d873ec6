package dev.traced.testing.verify.load;

import java.net.URI;
import java.time.Duration;

/**
 * One load run.
 *
 * @param rate spans per second over all workers; 0 is as fast as possible
 * @param measureVisible whether to time from a 202 to the trace being complete in GET /traces/{trace_id}
 */
record LoadSettings(
        URI url,
        int workers,
        Duration duration,
        long rate,
        int batch,
        int spansPerTrace,
        long seed,
        boolean measureVisible) {

    LoadSettings {
        if (!"http".equals(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException("url must be http://host:port, was " + url);
        }
        atLeast("workers", workers, 1);
        atLeast("seconds", duration.toMillis(), 1);
        atLeast("rate", rate, 0);
        atLeast("batch", batch, 1);
        atLeast("spans-per-trace", spansPerTrace, 1);
        if (batch > 500) {
            throw new IllegalArgumentException("batch must be 1..500, was " + batch);
        }
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " must be at least " + least + ", was " + value);
        }
    }

    /** Nanoseconds between two requests of one worker; 0 without a rate. */
    long intervalNanos() {
        return rate == 0 ? 0 : (long) (1e9 * batch * workers / rate);
    }
}
