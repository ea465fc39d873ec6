package dev.traced.ingest.publish;

/**
 * Tells how long to hold back a batch because those who read the topic are behind. Whoever shares a machine with them
 * must, or it takes the time they need to catch up; a gateway of its own need not.
 */
public interface Backlog {
    /** Nobody is waited for. */
    Backlog NONE = () -> 0;

    /** Milliseconds; 0 if the readers keep up. */
    long holdBackMs();
}
