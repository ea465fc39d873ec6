package dev.traced.assembler.store;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/**
 * Which traces have a term: for each term their ordinals, ascending. Takes two bytes for each term of each trace, and finds a
 * rare one without looking at the traces that lack it. Immutable.
 */
final class Postings {
    /** An ordinal takes two bytes. */
    static final int MAX_TRACES = 1 << Character.SIZE;

    static final Postings NONE = new Postings(new long[0], new int[1], new char[0]);

    private final long[] terms;

    /** Where the ordinals of a term begin; those of the next begin where they end. */
    private final int[] starts;

    private final char[] ordinals;

    private Postings(long[] terms, int[] starts, char[] ordinals) {
        this.terms = terms;
        this.starts = starts;
        this.ordinals = ordinals;
    }

    /** Of the heap, about. */
    long bytes() {
        return (long) terms.length * (Long.BYTES + Integer.BYTES) + (long) ordinals.length * Character.BYTES;
    }

    /** How many terms of traces there are. */
    int pairs() {
        return ordinals.length;
    }

    boolean has(int ordinal, long term) {
        int at = Arrays.binarySearch(terms, term);
        return at >= 0 && hasAt(at, ordinal);
    }

    private boolean hasAt(int term, int ordinal) {
        return Arrays.binarySearch(ordinals, starts[term], starts[term + 1], (char) ordinal) >= 0;
    }

    /**
     * Every trace that has all of these terms, of which there is at least one; ascending.
     *
     * @param condition is asked before the terms but the rarest are looked for
     */
    void forEach(long[] wanted, IntPredicate condition, IntConsumer use) {
        int[] found = new int[wanted.length];
        int[] next = new int[wanted.length];
        int rarest = 0;
        for (int i = 0; i < wanted.length; i++) {
            found[i] = Arrays.binarySearch(terms, wanted[i]);
            if (found[i] < 0) {
                return;
            }
            next[i] = starts[found[i]];
            rarest = count(found[i]) < count(found[rarest]) ? i : rarest;
        }
        for (int i = starts[found[rarest]]; i < starts[found[rarest] + 1]; i++) {
            char ordinal = ordinals[i];
            if (condition.test(ordinal) && hasAll(ordinal, found, next)) {
                use.accept(ordinal);
            }
        }
    }

    /** @param next where to go on in the ordinals of each term, since they are asked for ascending */
    private boolean hasAll(char ordinal, int[] found, int[] next) {
        for (int term = 0; term < found.length; term++) {
            int end = starts[found[term] + 1];
            int from = next[term];
            while (from < end && ordinals[from] < ordinal) {
                from++;
            }
            next[term] = from;
            if (from == end || ordinals[from] != ordinal) {
                return false;
            }
        }
        return true;
    }

    private int count(int term) {
        return starts[term + 1] - starts[term];
    }

    /** Takes all pairs of trace and term, in the order of the traces. Not thread-safe. */
    static final class Builder {
        /** Term number + 1 by hash of the term. */
        private int[] table = new int[64];

        private long[] distinct = new long[16];
        private int[] counts = new int[16];
        private int terms;
        private int[] termOfPair;
        private char[] ordinalOfPair;
        private int pairs;

        /** @param expected pairs, about */
        Builder(int expected) {
            termOfPair = new int[Math.max(16, expected)];
            ordinalOfPair = new char[termOfPair.length];
        }

        void add(int ordinal, long term) {
            if (pairs == termOfPair.length) {
                termOfPair = Arrays.copyOf(termOfPair, 2 * pairs);
                ordinalOfPair = Arrays.copyOf(ordinalOfPair, 2 * pairs);
            }
            int number = number(term);
            counts[number]++;
            termOfPair[pairs] = number;
            ordinalOfPair[pairs++] = (char) ordinal;
        }

        /** Adds what a trace had under another ordinal. */
        void addAll(Postings before, int[] ordinalNow) {
            for (int term = 0; term < before.terms.length; term++) {
                for (int i = before.starts[term]; i < before.starts[term + 1]; i++) {
                    int ordinal = ordinalNow[before.ordinals[i]];
                    if (ordinal >= 0) {
                        add(ordinal, before.terms[term]);
                    }
                }
            }
        }

        private int number(long term) {
            int mask = table.length - 1;
            int at = (int) term & mask; // a term is a hash
            while (table[at] != 0) {
                int number = table[at] - 1;
                if (distinct[number] == term) {
                    return number;
                }
                at = (at + 1) & mask;
            }
            if (terms == distinct.length) {
                grow();
                return number(term);
            }
            distinct[terms] = term;
            table[at] = ++terms;
            return terms - 1;
        }

        private void grow() {
            distinct = Arrays.copyOf(distinct, 2 * terms);
            counts = Arrays.copyOf(counts, 2 * terms);
            table = new int[4 * distinct.length];
            int mask = table.length - 1;
            for (int number = 0; number < terms; number++) {
                int at = (int) distinct[number] & mask;
                while (table[at] != 0) {
                    at = (at + 1) & mask;
                }
                table[at] = number + 1;
            }
        }

        Postings build() {
            long[] sorted = Arrays.copyOf(distinct, terms);
            Arrays.sort(sorted);
            int[] starts = new int[terms + 1];
            int[] next = new int[terms];
            for (int at = 0; at < terms; at++) {
                int number = number(sorted[at]);
                next[number] = starts[at];
                starts[at + 1] = starts[at] + counts[number];
            }
            char[] ordinals = new char[pairs];
            for (int pair = 0; pair < pairs; pair++) {
                ordinals[next[termOfPair[pair]]++] = ordinalOfPair[pair];
            }
            return new Postings(sorted, starts, ordinals);
        }
    }
}
