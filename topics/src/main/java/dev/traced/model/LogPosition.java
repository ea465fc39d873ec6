package dev.traced.model;

/**
 * Where in the logs of a trace a page begins: at the record of topic {@code logs} with this offset, or the next one.
 *
 * @param bucket the ten seconds in which the broker appended the record, by which logs are sorted first
 */
public record LogPosition(int bucket, long offset) {
    public static final LogPosition START = new LogPosition(0, 0);
}
