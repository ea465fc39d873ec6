package dev.traced.assembler.store;

import dev.traced.assembler.trace.TermSet;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/**
 * The roots that start within about a second, in columns: what a filter asks for, and nothing else. A trace is found by its
 * id through a small hash table. The terms of new traces, and of those whose terms change, are kept trace by trace; {@link
 * #seal} turns them into {@link Postings}. Not thread-safe.
 */
final class SearchBucket {
    static final byte LIVE = 1;
    static final byte ERROR = 2;
    static final byte COMPLETE = 4;

    /** The trace has more terms than are kept. */
    static final byte MANY_TERMS = 8;

    private static final int FIRST_ROOM = 4;
    private static final int BYTES_A_TRACE = 4 * Long.BYTES + Character.BYTES + 1;

    /** The objects and the heads of the arrays: what a bucket of a single trace takes. */
    private static final int BYTES_A_BUCKET = 500;

    /** Of fewer traces the terms are not worth the arrays of their own. */
    private static final int WORTH_SEALING = 16;

    /** Pairs of trace and term: sealing more takes a tenth of a second and 100 MB, while the stream thread waits. */
    static final int MAX_SEALED_PAIRS = 1 << 20;

    int count;
    int live;
    byte[] flags = new byte[FIRST_ROOM];
    long[] starts = new long[FIRST_ROOM];
    long[] durations = new long[FIRST_ROOM];
    private long[] idHighs = new long[FIRST_ROOM];
    private long[] idLows = new long[FIRST_ROOM];
    private char[] termCounts = new char[FIRST_ROOM];
    private int manyTerms;

    private Postings postings = Postings.NONE;

    /** So many ordinals have their terms in the postings, those that follow in the pool. */
    private int sealed;

    /** Where in the pool the terms of a trace begin, by ordinal less {@link #sealed}. */
    private int[] termsAt = new int[FIRST_ROOM];

    private long[] pool = new long[8 * FIRST_ROOM];
    private int pooled;

    /** How many terms of the pool are of a trace still, and not of what it was before. */
    private int used;

    /** Ordinal + 1 by hash of the id; twice as long as there is room for traces, so that a search ends soon. */
    private int[] table = new int[2 * FIRST_ROOM];

    /** Adds a trace, or takes what is new of it. */
    void put(TraceSummary trace, TermSet terms) {
        TraceId id = trace.traceId();
        int wanted = terms.isKnown() ? terms.count() : 0;
        int at = find(id);
        int ordinal = at < 0 ? -1 : table[at] - 1;
        if (ordinal >= 0 && ordinal < sealed && !isSealed(ordinal, terms, wanted)) {
            forget(ordinal);
            ordinal = append(id);
            table[find(id)] = ordinal + 1;
        } else if (ordinal < 0) {
            ordinal = append(id);
            insert(ordinal);
        } else {
            forget(ordinal);
        }
        live++;
        manyTerms += terms.isKnown() ? 0 : 1;
        starts[ordinal] = trace.startTimeNanos();
        durations[ordinal] = trace.durationNanos();
        flags[ordinal] = (byte) (LIVE | flags(trace) | (terms.isKnown() ? 0 : MANY_TERMS));
        if (ordinal >= sealed) {
            pool(ordinal, terms, wanted);
        }
    }

    /** {@link #ERROR} and {@link #COMPLETE}, if they apply. */
    static int flags(TraceSummary trace) {
        TraceShape shape = trace.shape();
        return (trace.status() == SpanStatus.ERROR ? ERROR : 0) | (shape != null && shape.isComplete() ? COMPLETE : 0);
    }

    /** Whether the trace has closed with all of its spans there is known now. */
    void complete(TraceId id, boolean isComplete) {
        int at = find(id);
        if (at >= 0) {
            int ordinal = table[at] - 1;
            flags[ordinal] = (byte) (isComplete ? flags[ordinal] | COMPLETE : flags[ordinal] & ~COMPLETE);
        }
    }

    private boolean isSealed(int ordinal, TermSet terms, int wanted) {
        if (termCounts[ordinal] != wanted) {
            return false;
        }
        for (int i = 0; i < wanted; i++) {
            if (!postings.has(ordinal, terms.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Its terms stay where they are. */
    private void forget(int ordinal) {
        live -= flags[ordinal] & LIVE;
        manyTerms -= (flags[ordinal] & MANY_TERMS) / MANY_TERMS;
        flags[ordinal] = 0;
    }

    private int append(TraceId id) {
        if (count == flags.length) {
            grow();
        }
        int ordinal = count++;
        idHighs[ordinal] = id.high();
        idLows[ordinal] = id.low();
        termCounts[ordinal] = 0;
        return ordinal;
    }

    private void pool(int ordinal, TermSet terms, int wanted) {
        int row = ordinal - sealed;
        if (termCounts[ordinal] == wanted && terms.isAt(pool, termsAt[row], wanted)) {
            return;
        }
        used += wanted - termCounts[ordinal];
        if (pooled + wanted > pool.length) {
            termCounts[ordinal] = 0;
            repool(used);
        }
        terms.copyTo(pool, pooled, wanted);
        termsAt[row] = pooled;
        termCounts[ordinal] = (char) wanted;
        pooled += wanted;
    }

    /** Copies what is in use into a pool with room for so many terms and some more. */
    private void repool(int terms) {
        long[] next = new long[terms + Math.max(8, terms / 4)];
        int at = 0;
        for (int ordinal = sealed; ordinal < count; ordinal++) {
            System.arraycopy(pool, termsAt[ordinal - sealed], next, at, termCounts[ordinal]);
            termsAt[ordinal - sealed] = at;
            at += termCounts[ordinal];
        }
        pool = next;
        pooled = at;
    }

    /** The trace has another root now, or is gone. */
    void remove(TraceId id) {
        int at = find(id);
        if (at >= 0) {
            forget(table[at] - 1);
        }
    }

    /** Whether sealing would save memory, and not cost more than it is worth. */
    boolean isWorthSealing() {
        int unsealed = count - sealed;
        return unsealed >= WORTH_SEALING
                && unsealed >= sealed / 8
                && live <= Postings.MAX_TRACES
                && used + postings.pairs() <= MAX_SEALED_PAIRS;
    }

    /** Turns the terms of all traces into postings, and lets go of those that are not listed any more. */
    void seal() {
        int[] ordinalNow = new int[count];
        int next = 0;
        int pairs = 0;
        for (int ordinal = 0; ordinal < count; ordinal++) {
            boolean isLive = (flags[ordinal] & LIVE) != 0;
            ordinalNow[ordinal] = isLive ? next++ : -1;
            pairs += isLive ? termCounts[ordinal] : 0;
        }
        Postings.Builder builder = new Postings.Builder(pairs);
        builder.addAll(postings, ordinalNow);
        for (int ordinal = sealed; ordinal < count; ordinal++) {
            int from = termsAt[ordinal - sealed];
            for (int i = from; ordinalNow[ordinal] >= 0 && i < from + termCounts[ordinal]; i++) {
                builder.add(ordinalNow[ordinal], pool[i]);
            }
        }
        for (int ordinal = 0; ordinal < count; ordinal++) {
            int now = ordinalNow[ordinal];
            if (now >= 0) {
                flags[now] = flags[ordinal];
                starts[now] = starts[ordinal];
                durations[now] = durations[ordinal];
                idHighs[now] = idHighs[ordinal];
                idLows[now] = idLows[ordinal];
                termCounts[now] = termCounts[ordinal];
            }
        }
        postings = builder.build();
        count = next;
        sealed = next;
        pool = new long[0];
        pooled = 0;
        used = 0;
        resize(count);
        table = new int[2 * Math.max(1, count)];
        for (int ordinal = 0; ordinal < count; ordinal++) {
            insert(ordinal);
        }
    }

    /** Every listed trace that meets a condition, or would if it had the terms and has more than are kept. */
    void forEach(Condition condition, IntConsumer use) {
        long[] wanted = condition.terms();
        IntPredicate passes = ordinal ->
                (flags[ordinal] & LIVE) != 0 && condition.passes(starts[ordinal], durations[ordinal], flags[ordinal]);
        if (wanted.length > 0) {
            postings.forEach(wanted, passes, use);
        }
        for (int ordinal = wanted.length > 0 ? sealed : 0; ordinal < count; ordinal++) {
            if (passes.test(ordinal) && (wanted.length == 0 || hasPooled(ordinal, wanted))) {
                use.accept(ordinal);
            }
        }
        for (int ordinal = 0; wanted.length > 0 && manyTerms > 0 && ordinal < count; ordinal++) {
            if (hasManyTerms(ordinal) && passes.test(ordinal)) {
                use.accept(ordinal);
            }
        }
    }

    /** Whether only its spans can tell which terms it has. */
    boolean hasManyTerms(int ordinal) {
        return (flags[ordinal] & MANY_TERMS) != 0;
    }

    private boolean hasPooled(int ordinal, long[] wanted) {
        int from = termsAt[ordinal - sealed];
        int to = from + termCounts[ordinal];
        for (long term : wanted) {
            if (Arrays.binarySearch(pool, from, to, term) < 0) {
                return false;
            }
        }
        return true;
    }

    /** What is known of a trace but for its terms. */
    SearchCollector.Indexed indexed(int ordinal) {
        return new SearchCollector.Indexed(id(ordinal), starts[ordinal], durations[ordinal], flags[ordinal]);
    }

    /** By which to choose traces at random: it depends neither on what they are like nor on how they were sampled. */
    long lot(int ordinal) {
        return Lot.of(idHighs[ordinal], idLows[ordinal]);
    }

    TraceId id(int ordinal) {
        return new TraceId(idHighs[ordinal], idLows[ordinal]);
    }

    /** Of the heap, about. */
    long bytes() {
        return BYTES_A_BUCKET
                + (long) flags.length * BYTES_A_TRACE
                + (long) termsAt.length * Integer.BYTES
                + (long) pool.length * Long.BYTES
                + (long) table.length * Integer.BYTES
                + postings.bytes();
    }

    private void grow() {
        int[] before = table;
        resize(count + Math.max(FIRST_ROOM, count / 4));
        table = new int[2 * flags.length];
        for (int entry : before) {
            if (entry != 0) {
                insert(entry - 1);
            }
        }
    }

    private void resize(int room) {
        flags = Arrays.copyOf(flags, room);
        starts = Arrays.copyOf(starts, room);
        durations = Arrays.copyOf(durations, room);
        idHighs = Arrays.copyOf(idHighs, room);
        idLows = Arrays.copyOf(idLows, room);
        termCounts = Arrays.copyOf(termCounts, room);
        termsAt = Arrays.copyOf(termsAt, room - sealed);
    }

    private void insert(int ordinal) {
        int at = slot(idHighs[ordinal], idLows[ordinal]);
        while (table[at] != 0) {
            at = at + 1 == table.length ? 0 : at + 1;
        }
        table[at] = ordinal + 1;
    }

    /** Where in the table the trace is; -1 if nowhere. */
    private int find(TraceId id) {
        for (int at = slot(id.high(), id.low()); table[at] != 0; at = at + 1 == table.length ? 0 : at + 1) {
            int ordinal = table[at] - 1;
            if (idLows[ordinal] == id.low() && idHighs[ordinal] == id.high()) {
                return at;
            }
        }
        return -1;
    }

    private int slot(long high, long low) {
        long mixed = (high ^ low) * 0x9e3779b97f4a7c15L; // ids may be counters
        return (int) Math.floorMod(mixed ^ (mixed >>> 32), (long) table.length);
    }
}
