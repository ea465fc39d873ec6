package dev.traced.assembler.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How many roots start in a range of time, without reading them. Two levels of slots, of 67 ms and 8.6 s (powers of two
 * of nanoseconds); the two slots that a range cuts through are counted row by row by the caller. Not thread-safe.
 */
final class StartCounts {
    private static final int FINE_BITS = 26;
    private static final int COARSE_BITS = 33;

    private final NavigableMap<Long, long[]> fine = new TreeMap<>();
    private final NavigableMap<Long, long[]> coarse = new TreeMap<>();
    private long total;

    void add(long startNanos) {
        fine.computeIfAbsent(startNanos >> FINE_BITS, slot -> new long[1])[0]++;
        coarse.computeIfAbsent(startNanos >> COARSE_BITS, slot -> new long[1])[0]++;
        total++;
    }

    void remove(long startNanos) {
        decrement(fine, startNanos >> FINE_BITS);
        decrement(coarse, startNanos >> COARSE_BITS);
        total--;
    }

    private static void decrement(NavigableMap<Long, long[]> slots, long slot) {
        long[] count = slots.get(slot);
        if (count == null) {
            throw new IllegalStateException("a root was removed that was never counted");
        }
        if (--count[0] == 0) {
            slots.remove(slot);
        }
    }

    long total() {
        return total;
    }

    void clear() {
        fine.clear();
        coarse.clear();
        total = 0;
    }

    /**
     * What is known of the roots that start between two times, both inclusive.
     *
     * @param known roots in whole slots
     * @param edges the parts whose roots have yet to be counted: none, one or two
     */
    record Count(long known, List<Edge> edges) {}

    /** A part of a slot, both ends inclusive. */
    record Edge(long first, long last) {}

    Count between(long first, long last) {
        if (first > last) {
            return new Count(0, List.of());
        }
        long firstSlot = first >> FINE_BITS;
        long lastSlot = last >> FINE_BITS;
        if (firstSlot == lastSlot) {
            return new Count(0, edges(first, last));
        }
        long wholeFrom = first == start(firstSlot) ? firstSlot : firstSlot + 1;
        long wholeTo = last == end(lastSlot) ? lastSlot : lastSlot - 1;
        List<Edge> edges = new ArrayList<>(2);
        if (wholeFrom > firstSlot) {
            edges.addAll(edges(first, end(firstSlot)));
        }
        if (wholeTo < lastSlot) {
            edges.addAll(edges(start(lastSlot), last));
        }
        return new Count(wholeSlots(wholeFrom, wholeTo), edges);
    }

    private List<Edge> edges(long first, long last) {
        return fine.containsKey(first >> FINE_BITS) ? List.of(new Edge(first, last)) : List.of();
    }

    /** The sum of the fine slots, both inclusive: coarse slots where whole ones lie between. */
    private long wholeSlots(long from, long to) {
        if (from > to) {
            return 0;
        }
        int perCoarse = COARSE_BITS - FINE_BITS;
        long coarseFrom = (from + (1L << perCoarse) - 1) >> perCoarse;
        long coarseTo = (to + 1) >> perCoarse;
        if (coarseFrom >= coarseTo) {
            return sum(fine, from, to);
        }
        return sum(fine, from, (coarseFrom << perCoarse) - 1)
                + sum(coarse, coarseFrom, coarseTo - 1)
                + sum(fine, coarseTo << perCoarse, to);
    }

    private static long sum(NavigableMap<Long, long[]> slots, long from, long to) {
        if (from > to) {
            return 0;
        }
        long sum = 0;
        for (Map.Entry<Long, long[]> slot : slots.subMap(from, true, to, true).entrySet()) {
            sum += slot.getValue()[0];
        }
        return sum;
    }

    private static long start(long fineSlot) {
        return fineSlot << FINE_BITS;
    }

    private static long end(long fineSlot) {
        return (fineSlot << FINE_BITS) + (1L << FINE_BITS) - 1;
    }
}
