package dev.traced.query;

import java.util.Arrays;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a tail has come in every partition of topic {@code traces}; as text the id of a server-sent event: {@code
 * a1B2c3D4.h.4-2.0.9}, some of the topic's own id and then, partition by partition, the offset of the next record. Behind
 * it, where a trace in parts is under way, by how much earlier its first part lies: whoever comes back reads from there,
 * and is sent nothing twice. Numbers are in base 36, so that a thousand partitions fit into a header. Not thread-safe.
 */
final class TailPosition {
    /** Enough to tell a topic from one that was made anew under its name. */
    private static final int TOPIC_CHARACTERS = 8;

    private static final int RADIX = 36;
    private static final int MAX_DIGITS = 12;
    private static final Pattern PARTITION =
            Pattern.compile("([0-9a-z]{1," + MAX_DIGITS + "})(?:-([0-9a-z]{1," + MAX_DIGITS + "}))?");

    private final String topic;
    private final long[] next;
    private final long[] from;

    /** @param next for each partition the offset of the next record */
    TailPosition(String topicId, long[] next) {
        this.topic = topicId.substring(0, Math.min(TOPIC_CHARACTERS, topicId.length()));
        this.next = next.clone();
        this.from = next.clone();
    }

    /**
     * Reads what {@link #toString} wrote.
     *
     * @param ends for each partition the offset that its next record will have
     * @throws IllegalArgumentException if it is something else, or a position in another topic
     */
    static TailPosition parse(String text, String topicId, long[] ends) {
        TailPosition position = new TailPosition(topicId, ends);
        String[] fields = text.split("\\.", ends.length + 2);
        if (!fields[0].equals(position.topic)) {
            throw new IllegalArgumentException("is not an id of this tail");
        }
        if (fields.length != ends.length + 1) {
            throw new IllegalArgumentException("must have a position in each of " + ends.length + " partitions");
        }
        for (int partition = 0; partition < ends.length; partition++) {
            Matcher field = PARTITION.matcher(fields[partition + 1]);
            if (!field.matches()) {
                throw new IllegalArgumentException("has no position in partition " + partition);
            }
            long next = Long.parseLong(field.group(1), RADIX);
            long back = field.group(2) == null ? 0 : Long.parseLong(field.group(2), RADIX);
            if (next > ends[partition] || back > next) {
                throw new IllegalArgumentException("has a position in partition " + partition + " that never was");
            }
            position.next[partition] = next;
            position.from[partition] = next - back;
        }
        return position;
    }

    int partitions() {
        return next.length;
    }

    /** The offset of the first record that was not sent. */
    long next(int partition) {
        return next[partition];
    }

    /** Where to read from to have all parts of what is sent next. */
    long from(int partition) {
        return from[partition];
    }

    /** Goes on to {@code offset}, never back, and notes from where it is to be read. */
    void moveTo(int partition, long offset, long readFrom) {
        next[partition] = Math.max(next[partition], offset);
        from[partition] = Math.min(readFrom, next[partition]);
    }

    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(".").add(topic);
        for (int partition = 0; partition < next.length; partition++) {
            String field = Long.toString(next[partition], RADIX);
            long back = next[partition] - from[partition];
            text.add(back == 0 ? field : field + "-" + Long.toString(back, RADIX));
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TailPosition position
                && topic.equals(position.topic)
                && Arrays.equals(next, position.next)
                && Arrays.equals(from, position.from);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(next);
    }
}
