package dev.traced.testing.verify;

import java.time.Duration;

/**
 * How the verifier works.
 *
 * @param writers requests in flight at the same time
 * @param readers read-your-writes checks at the same time while writing; detail checks at the same time afterwards
 * @param patience how long one request is repeated while the server does not answer or says 503
 * @param clockTolerance how far the server's clock may be from ours where a trace is just about to expire
 * @param rangeQueries random after/before/limit queries of a check
 */
public record VerifierSettings(
        int writers, int readers, Duration patience, Visibility visibility, Duration clockTolerance, int rangeQueries) {

    public static final VerifierSettings DEFAULT =
            new VerifierSettings(50, 4, Duration.ofSeconds(60), Visibility.DEFAULT, Duration.ofMillis(100), 200);

    public VerifierSettings {
        if (writers < 1 || readers < 1) {
            throw new IllegalArgumentException(
                    "writers and readers must be at least 1, were " + writers + " and " + readers);
        }
    }

    public VerifierSettings withWriters(int newWriters) {
        return new VerifierSettings(newWriters, readers, patience, visibility, clockTolerance, rangeQueries);
    }

    public VerifierSettings withReaders(int newReaders) {
        return new VerifierSettings(writers, newReaders, patience, visibility, clockTolerance, rangeQueries);
    }

    public VerifierSettings withPatience(Duration newPatience) {
        return new VerifierSettings(writers, readers, newPatience, visibility, clockTolerance, rangeQueries);
    }

    public VerifierSettings withVisibility(Visibility newVisibility) {
        return new VerifierSettings(writers, readers, patience, newVisibility, clockTolerance, rangeQueries);
    }

    public VerifierSettings withClockTolerance(Duration newTolerance) {
        return new VerifierSettings(writers, readers, patience, visibility, newTolerance, rangeQueries);
    }

    public VerifierSettings withRangeQueries(int newRangeQueries) {
        return new VerifierSettings(writers, readers, patience, visibility, clockTolerance, newRangeQueries);
    }
}
