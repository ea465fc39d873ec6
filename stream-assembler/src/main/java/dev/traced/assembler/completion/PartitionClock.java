package dev.traced.assembler.completion;

/**
 * The time by which the traces of a partition fall silent: the append time of the last record that was read, running on by
 * the wall clock while none is read. So a partition without traffic closes its traces, one that is read with a delay does
 * not close those whose next spans wait in the topic, and it makes no difference what clock the broker has. Unix
 * milliseconds. Not thread-safe.
 */
final class PartitionClock {
    private long appendMs;
    private long readAtMs;

    /** @param appendMs of the last record that is known of; 0 for none */
    PartitionClock(long appendMs, long nowMs) {
        this.appendMs = appendMs == 0 ? nowMs : appendMs;
        this.readAtMs = nowMs;
    }

    void read(long recordAppendMs, long nowMs) {
        appendMs = recordAppendMs; // also backwards: a broker's clock may be set right
        readAtMs = nowMs;
    }

    long now(long nowMs) {
        return appendMs + Math.max(0, nowMs - readAtMs);
    }
}
