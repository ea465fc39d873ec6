package dev.traced.assembler.trace;

import dev.traced.topics.SpanCursor;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The terms of a trace, in order, for {@link dev.traced.topics.Terms}. Of bounded size: of a trace with more different
 * terms it only knows that there are more, and whoever searches has to look at its spans. Not thread-safe.
 */
public final class TermSet {
    /** 4 KiB, to rewrite per record of such a trace. */
    static final int MAX_TERMS = 512;

    private static final int TOO_MANY = -1;
    private static final int MISSING = -2;

    private long[] terms = new long[16];
    private int count;

    /** Of a trace whose spans have yet to be looked at. */
    public static TermSet missing() {
        TermSet set = new TermSet();
        set.count = MISSING;
        return set;
    }

    /** Adds all that the span the cursor is at can be searched by. */
    public void addAll(SpanCursor span) {
        for (int i = 0; i < span.termCount(); i++) {
            add(span.term(i));
        }
    }

    /** Adds those of another set. */
    public void addAll(TermSet other) {
        if (other.count == TOO_MANY) {
            count = TOO_MANY;
        }
        for (int i = 0; i < other.count; i++) {
            add(other.terms[i]);
        }
    }

    public void add(long term) {
        if (count < 0) {
            return;
        }
        int at = Arrays.binarySearch(terms, 0, count, term);
        if (at >= 0) {
            return;
        }
        if (count == MAX_TERMS) {
            count = TOO_MANY;
            return;
        }
        if (count == terms.length) {
            terms = Arrays.copyOf(terms, 2 * count);
        }
        int insertAt = -at - 1;
        System.arraycopy(terms, insertAt, terms, insertAt + 1, count - insertAt);
        terms[insertAt] = term;
        count++;
    }

    /** Of a trace that is too large to look at all of its spans now: whoever searches has to. */
    public static TermSet tooMany() {
        TermSet set = new TermSet();
        set.count = TOO_MANY;
        return set;
    }

    /** Whether it has all of the trace's terms. */
    public boolean isKnown() {
        return count >= 0;
    }

    /** Whether nobody has looked at the spans. */
    public boolean isMissing() {
        return count == MISSING;
    }

    public int count() {
        return Math.max(0, count);
    }

    /** One of them, ascending. */
    public long get(int index) {
        return terms[index];
    }

    /** Whether an array has just these terms from an index on. */
    public boolean isAt(long[] array, int from, int length) {
        return Arrays.equals(terms, 0, length, array, from, from + length);
    }

    /** Copies the first so many to an index of an array. */
    public void copyTo(long[] array, int at, int length) {
        System.arraycopy(terms, 0, array, at, length);
    }

    int bytes() {
        return Integer.BYTES + Math.max(0, count) * Long.BYTES;
    }

    void encode(ByteBuffer out) {
        out.putInt(count);
        for (int i = 0; i < count; i++) {
            out.putLong(terms[i]);
        }
    }

    static TermSet decode(ByteBuffer in) {
        TermSet set = new TermSet();
        set.count = in.getInt();
        set.terms = new long[Math.max(4, set.count + 4)];
        for (int i = 0; i < set.count; i++) {
            set.terms[i] = in.getLong();
        }
        return set;
    }

    /** Reads over a set. */
    static void skip(ByteBuffer in) {
        int count = in.getInt();
        in.position(in.position() + Math.max(0, count) * Long.BYTES);
    }

    /** Whether a set that begins here has all of these. */
    static Presence find(ByteBuffer in, long[] wanted) {
        int count = in.getInt();
        int at = in.position();
        if (count < 0) {
            return Presence.UNKNOWN;
        }
        for (long term : wanted) {
            if (!contains(in, at, count, term)) {
                return Presence.ABSENT;
            }
        }
        return Presence.PRESENT;
    }

    private static boolean contains(ByteBuffer in, int at, int count, long term) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Long.compare(in.getLong(at + middle * Long.BYTES), term);
            if (order == 0) {
                return true;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return false;
    }

    /** Whether a trace has terms that are looked for. */
    public enum Presence {
        PRESENT,
        ABSENT,
        UNKNOWN
    }
}
