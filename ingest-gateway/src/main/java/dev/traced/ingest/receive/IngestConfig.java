package dev.traced.ingest.receive;

import dev.traced.ingest.publish.SpanPublisher;
import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.model.RollingWindow;
import java.time.Duration;

/**
 * What the gateway is told.
 *
 * @param window which spans are too old to be kept
 * @param sampling what share of the traces is kept
 * @param maxBodyBytes the largest body, compressed or not
 * @param maxBodiesBytes what all bodies in memory may take together; a request beyond it is refused for now
 * @param bodyTimeout how long a body may take to arrive as a whole, however steadily it drips
 * @param maxInFlightBytes what may wait for Kafka's acknowledgement; a batch beyond it is refused for now
 * @param ackTimeout how long a client waits for the acknowledgement; clients are promised an answer within 5 s
 */
public record IngestConfig(
        RollingWindow window,
        SamplingRates sampling,
        int maxBodyBytes,
        long maxBodiesBytes,
        Duration bodyTimeout,
        long maxInFlightBytes,
        Duration ackTimeout) {
    private static final int DEFAULT_BODY = 64 << 20;
    private static final long DEFAULT_BODIES = 256 << 20;
    private static final long DEFAULT_IN_FLIGHT = 32 << 20;

    public IngestConfig {
        requirePositive(maxBodyBytes, "maxBodyBytes");
        requirePositive(maxInFlightBytes, "maxInFlightBytes");
        requirePositive(ackTimeout.toMillis(), "ackTimeout in ms");
        requirePositive(bodyTimeout.toMillis(), "bodyTimeout in ms");
        if (maxBodiesBytes < 2L * maxBodyBytes) {
            throw new IllegalArgumentException(
                    "maxBodiesBytes must hold two bodies of maxBodyBytes, a zipped one and its content, were "
                            + maxBodiesBytes + " and " + maxBodyBytes);
        }
    }

    /**
     * The defaults, which keep every trace; bodies take at most an eighth of a small heap, since what is read from them takes as
     * much again.
     */
    public static IngestConfig withDefaults(RollingWindow window) {
        long bodies = Math.max(
                2L * DEFAULT_BODY, Math.min(DEFAULT_BODIES, Runtime.getRuntime().maxMemory() / 8));
        return new IngestConfig(
                window,
                SamplingRates.ALL,
                DEFAULT_BODY,
                bodies,
                Duration.ofSeconds(30),
                DEFAULT_IN_FLIGHT,
                Duration.ofMillis(4_500));
    }

    public IngestConfig withSampling(SamplingRates rates) {
        return new IngestConfig(window, rates, maxBodyBytes, maxBodiesBytes, bodyTimeout, maxInFlightBytes, ackTimeout);
    }

    /** What of it the publisher keeps to. */
    public SpanPublisher.Limits publishing() {
        return new SpanPublisher.Limits(maxInFlightBytes, maxBodyBytes, ackTimeout);
    }

    private static void requirePositive(long value, String name) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, was " + value);
        }
    }
}
