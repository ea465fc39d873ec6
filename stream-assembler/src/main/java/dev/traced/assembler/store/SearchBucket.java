package dev.traced.assembler.store;

import dev.traced.assembler.trace.TermSet;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import java.util.Arrays;

/**
 * The roots that start within about a second, in columns: what a filter asks for, and nothing else. A trace is found by its
 * id through a small hash table. Not thread-safe.
 */
final class SearchBucket {
    static final byte LIVE = 1;
    static final byte ERROR = 2;
    static final byte COMPLETE = 4;

    /** The trace has more terms than are kept. */
    static final byte MANY_TERMS = 8;

    private static final int FIRST_ROOM = 4;
    private static final int BYTES_A_TRACE = 4 * Long.BYTES + 2 * Integer.BYTES + 1;

    int count;
    int live;
    byte[] flags = new byte[FIRST_ROOM];
    long[] starts = new long[FIRST_ROOM];
    long[] durationsMs = new long[FIRST_ROOM];
    private long[] idHighs = new long[FIRST_ROOM];
    private long[] idLows = new long[FIRST_ROOM];
    private int[] termsAt = new int[FIRST_ROOM];
    private int[] termCounts = new int[FIRST_ROOM];
    private long[] pool = new long[8 * FIRST_ROOM];
    private int pooled;

    /** How many terms of the pool are of a trace still, and not of what it was before. */
    private int used;

    /** Ordinal + 1 by hash of the id; twice as long as there is room for traces, so that a search ends soon. */
    private int[] table = new int[2 * FIRST_ROOM];

    /** Adds a trace, or takes what is new of it. */
    void put(TraceSummary trace, TermSet terms) {
        TraceId id = trace.traceId();
        int ordinal = find(id);
        if (ordinal < 0) {
            ordinal = add(id);
        } else if ((flags[ordinal] & LIVE) == 0) {
            live++;
        }
        TraceShape shape = trace.shape();
        starts[ordinal] = trace.startTimeNanos();
        durationsMs[ordinal] = trace.durationMs();
        flags[ordinal] = (byte) (LIVE
                | (trace.status() == SpanStatus.ERROR ? ERROR : 0)
                | (shape != null && shape.isComplete() ? COMPLETE : 0)
                | (terms.isKnown() ? 0 : MANY_TERMS));
        putTerms(ordinal, terms);
    }

    private int add(TraceId id) {
        if (count == flags.length) {
            grow();
        }
        int ordinal = count++;
        idHighs[ordinal] = id.high();
        idLows[ordinal] = id.low();
        insert(ordinal);
        live++;
        return ordinal;
    }

    private void putTerms(int ordinal, TermSet terms) {
        int wanted = terms.isKnown() ? terms.count() : 0;
        if (termCounts[ordinal] == wanted && terms.isAt(pool, termsAt[ordinal], wanted)) {
            return;
        }
        used += wanted - termCounts[ordinal];
        if (pooled + wanted > pool.length) {
            termCounts[ordinal] = 0;
            repool(used);
        }
        terms.copyTo(pool, pooled, wanted);
        termsAt[ordinal] = pooled;
        termCounts[ordinal] = wanted;
        pooled += wanted;
    }

    /** Copies what is in use into a pool with room for so many terms and some more. */
    private void repool(int terms) {
        long[] next = new long[terms + Math.max(8, terms / 4)];
        int at = 0;
        for (int ordinal = 0; ordinal < count; ordinal++) {
            System.arraycopy(pool, termsAt[ordinal], next, at, termCounts[ordinal]);
            termsAt[ordinal] = at;
            at += termCounts[ordinal];
        }
        pool = next;
        pooled = at;
    }

    /** The trace has another root now, or is gone. */
    void remove(TraceId id) {
        int ordinal = find(id);
        if (ordinal >= 0 && (flags[ordinal] & LIVE) != 0) {
            flags[ordinal] = 0;
            live--;
        }
    }

    /** Whether a trace has all of these terms. */
    boolean has(int ordinal, long[] wanted) {
        int from = termsAt[ordinal];
        int to = from + termCounts[ordinal];
        for (long term : wanted) {
            if (Arrays.binarySearch(pool, from, to, term) < 0) {
                return false;
            }
        }
        return true;
    }

    TraceId id(int ordinal) {
        return new TraceId(idHighs[ordinal], idLows[ordinal]);
    }

    /** Of the heap, about. */
    long bytes() {
        return (long) flags.length * BYTES_A_TRACE
                + (long) pool.length * Long.BYTES
                + (long) table.length * Integer.BYTES;
    }

    private void grow() {
        int room = count + Math.max(FIRST_ROOM, count / 4);
        flags = Arrays.copyOf(flags, room);
        starts = Arrays.copyOf(starts, room);
        durationsMs = Arrays.copyOf(durationsMs, room);
        idHighs = Arrays.copyOf(idHighs, room);
        idLows = Arrays.copyOf(idLows, room);
        termsAt = Arrays.copyOf(termsAt, room);
        termCounts = Arrays.copyOf(termCounts, room);
        table = new int[2 * room];
        for (int ordinal = 0; ordinal < count; ordinal++) {
            insert(ordinal);
        }
    }

    private void insert(int ordinal) {
        int at = slot(idHighs[ordinal], idLows[ordinal]);
        while (table[at] != 0) {
            at = at + 1 == table.length ? 0 : at + 1;
        }
        table[at] = ordinal + 1;
    }

    private int find(TraceId id) {
        for (int at = slot(id.high(), id.low()); table[at] != 0; at = at + 1 == table.length ? 0 : at + 1) {
            int ordinal = table[at] - 1;
            if (idLows[ordinal] == id.low() && idHighs[ordinal] == id.high()) {
                return ordinal;
            }
        }
        return -1;
    }

    private int slot(long high, long low) {
        long mixed = (high ^ low) * 0x9e3779b97f4a7c15L; // ids may be counters
        return (int) Math.floorMod(mixed ^ (mixed >>> 32), (long) table.length);
    }
}
