package dev.traced.query;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/**
 * The oldest of those logs of a trace that match, and how many match, in memory that has a bound however many come. Those
 * of equal time are in the order in which they arrived. What an exporter sent again because it had no answer counts once:
 * records that are equal, of an equal resource and scope, and came in different values.
 */
final class OldestLogs {
    /** Of what is kept. A shorter list, beside its total, is of more use than none. */
    private static final long MAX_BYTES =
            Math.min(40 << 20, Runtime.getRuntime().maxMemory() / 8);

    /** What a byte of a log takes as JSON at most, in an array that doubles: a control character is \\u0000. */
    private static final int JSON_BYTES = 12;

    private static final Comparator<Arrived> OLDEST_FIRST = Comparator.<Arrived>comparingLong(
                    arrived -> arrived.timeNanos ^ Long.MIN_VALUE) // unsigned
            .thenComparingLong(Arrived::number);

    private final Predicate<Log> filter;
    private final PriorityQueue<Arrived> kept = new PriorityQueue<>(OLDEST_FIRST.reversed());
    private final SeenLogs seen = new SeenLogs();
    private final long maxBytes;
    private int limit;
    private long largest;
    private long bytes;
    private long total;

    /** A log, as bytes since parsed it could take many times as much, and how many had arrived with it. */
    private record Arrived(RawLog log, long timeNanos, long number) {}

    OldestLogs(Predicate<Log> filter, int limit) {
        this(filter, limit, MAX_BYTES);
    }

    OldestLogs(Predicate<Log> filter, int limit, long maxBytes) {
        this.filter = filter;
        this.limit = limit;
        this.maxBytes = maxBytes;
    }

    /** Adds the logs of the next value of topic {@code logs}. */
    void add(byte[] value) {
        List<SeenLogs.Hash> brought = new ArrayList<>();
        RawLog.forEach(value, raw -> {
            OptionalLong timeNanos =
                    raw.read(log -> filter.test(log) ? OptionalLong.of(log.timeNanos()) : OptionalLong.empty());
            if (timeNanos.isPresent()) {
                SeenLogs.Hash hash = seen.hash(raw);
                if (!seen.contains(hash)) {
                    keep(raw.copy(), timeNanos.getAsLong());
                }
                brought.add(hash);
            }
        });
        brought.forEach(seen::add);
    }

    private void keep(RawLog log, long timeNanos) {
        total++;
        kept.add(new Arrived(log, timeNanos, total));
        bytes += log.size();
        largest = Math.max(largest, log.size());
        if (kept.size() > limit) {
            dropNewest();
        }
        while (bytes > maxBytes && kept.size() > 1) {
            dropNewest();
            limit = kept.size(); // nothing newer than what is dropped may be kept: there would be a gap
        }
    }

    private void dropNewest() {
        bytes -= kept.remove().log.size();
    }

    /** At most as many as asked for, the oldest first. */
    List<RawLog> logs() {
        return kept.stream().sorted(OLDEST_FIRST).map(Arrived::log).toList();
    }

    /** About how much memory those kept take, and the JSON of one that is being written. */
    long bytes() {
        return bytes + JSON_BYTES * largest;
    }

    /** How many match. */
    long total() {
        return total;
    }
}
