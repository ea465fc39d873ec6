package dev.traced.assembler.completion;

import dev.traced.model.TraceId;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * When to look whether traces have fallen silent: a ring of slots, each with the ids of traces that were last active in
 * it. Sixteen bytes a trace, and nothing to do when a trace becomes active again: it is found to be so, and put into a
 * later slot, when its old slot is due (hashed timing wheels, Varghese and Lauck 1987, re-armed lazily). Not thread-safe.
 */
final class IdleTimers {
    /** So precisely, in milliseconds, do traces close. */
    static final long SLOT_MS = 100;

    private static final int FIRST_ROOM = 16;

    private final NavigableMap<Long, Slot> slots = new TreeMap<>();

    private long armed;

    private static final class Slot {
        private long[] ids = new long[2 * FIRST_ROOM];
        private int size;

        void add(TraceId traceId) {
            if (size == ids.length) {
                ids = Arrays.copyOf(ids, 2 * size);
            }
            ids[size++] = traceId.high();
            ids[size++] = traceId.low();
        }

        @Nullable
        TraceId poll() {
            if (size == 0) {
                return null;
            }
            size -= 2;
            return new TraceId(ids[size], ids[size + 1]);
        }
    }

    /** Whether a trace that was last active at this time is due by that time. */
    static boolean isDue(long activityMs, long byMs) {
        return (activityMs / SLOT_MS + 1) * SLOT_MS <= byMs;
    }

    /** Has a look at the trace taken when what was last active at this time is due. */
    void arm(TraceId traceId, long activityMs) {
        slots.computeIfAbsent(activityMs / SLOT_MS, slot -> new Slot()).add(traceId);
        armed++;
    }

    /** A trace out of the first slot, if that slot ends by this time; null if none is due. */
    @Nullable
    TraceId poll(long byMs) {
        while (!slots.isEmpty()) {
            Map.Entry<Long, Slot> first = slots.firstEntry();
            if (!isDue(first.getKey() * SLOT_MS, byMs)) {
                return null;
            }
            TraceId due = first.getValue().poll();
            if (due != null) {
                armed--;
                return due;
            }
            slots.remove(first.getKey());
        }
        return null;
    }

    /** When the first slot begins; empty if none is armed. */
    OptionalLong firstMs() {
        return slots.isEmpty() ? OptionalLong.empty() : OptionalLong.of(slots.firstKey() * SLOT_MS);
    }

    /** How many looks are due some time. */
    long armed() {
        return armed;
    }
}
