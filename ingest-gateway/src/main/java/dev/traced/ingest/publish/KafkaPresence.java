package dev.traced.ingest.publish;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether Kafka is known to be away: the last batch failed and none succeeded since. Then one batch at a time goes
 * through to find out whether it is back, and the others need not wait for the same timeout each. For use by any number
 * of threads.
 */
final class KafkaPresence {
    enum Turn {
        /** Kafka is there as far as we know. */
        OPEN,
        /** This batch finds out; {@link #probeEnded} must follow. */
        PROBE,
        /** Another batch is finding out. */
        REFUSED
    }

    private volatile boolean away;
    private final AtomicBoolean probing = new AtomicBoolean();

    Turn turn() {
        if (!away) {
            return Turn.OPEN;
        }
        return probing.compareAndSet(false, true) ? Turn.PROBE : Turn.REFUSED;
    }

    void succeeded() {
        // Read first: a volatile write for every batch would make the cores fight over the line.
        if (away) {
            away = false;
        }
    }

    void failed() {
        away = true;
    }

    void probeEnded() {
        probing.set(false);
    }
}
