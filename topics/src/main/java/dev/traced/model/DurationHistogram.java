package dev.traced.model;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * How long spans took: how many there are, their sum, and how many are in each bucket of durations. Buckets are exact below
 * 128 ns; above, {@value #BUCKETS_AN_OCTAVE} of equal width lie between each power of two and the next, so that a bucket is
 * at most 1/64, or 1.6 %, wider than what is in it (as in HdrHistogram). Only buckets that were ever used take room.
 *
 * <p>What was added can be taken away again, also before it was added: counts may be negative in between. Not thread-safe.
 *
 * @see <a href="https://hdrhistogram.github.io/HdrHistogram/">HdrHistogram</a>
 */
public final class DurationHistogram {
    public static final int BUCKETS_AN_OCTAVE = 64;

    private static final int OCTAVE_BITS = 6;

    /** One more than the largest bucket, that of {@link Long#MAX_VALUE}. */
    public static final int BUCKETS = (Long.SIZE - OCTAVE_BITS) * BUCKETS_AN_OCTAVE;

    /** The key of a bucket, plus 1, is in the upper bits of an entry, its count in the lower. 0 is a free entry. */
    private static final int COUNT_BITS = 48;

    private static final int COUNT_SHIFT = Long.SIZE - COUNT_BITS;
    private static final long COUNT = (1L << COUNT_BITS) - 1;

    private static final int FIRST_ROOM = 4;
    private static final long[] NOTHING = {};

    /** An array without elements. */
    private static final int ARRAY_BYTES = 16;

    private long[] entries = NOTHING;
    private int used;
    private long count;

    /** Of 128 bits: a few thousand spans that took as long as a clock can tell exceed 64. */
    private long sumHigh;

    private long sumLow;

    /** Called with a bucket and how many durations are in it. */
    public interface Bucket {
        void is(int bucket, long count);
    }

    /** The bucket of a duration in nanoseconds, which must not be negative. */
    public static int bucket(long nanos) {
        if (nanos < BUCKETS_AN_OCTAVE) {
            return (int) nanos;
        }
        int shift = Long.SIZE - 1 - OCTAVE_BITS - Long.numberOfLeadingZeros(nanos);
        return shift * BUCKETS_AN_OCTAVE + (int) (nanos >>> shift);
    }

    /** The shortest duration of a bucket, in nanoseconds. */
    public static long nanos(int bucket) {
        int shift = Math.max(0, bucket / BUCKETS_AN_OCTAVE - 1);
        return (long) (bucket - shift * BUCKETS_AN_OCTAVE) << shift;
    }

    /**
     * Adds a duration, or takes it away.
     *
     * @param nanos not negative
     * @param times 1, or -1 to take it away
     */
    public void add(long nanos, int times) {
        long signed = times * nanos;
        addSum(signed < 0 ? -1 : 0, signed);
        addToBucket(bucket(nanos), times);
    }

    /** Adds what is in another. */
    public void add(DurationHistogram other) {
        addSum(other.sumHigh, other.sumLow);
        other.forEach(this::addToBucket);
    }

    /** Adds to the sum alone, 128 bits in two's complement. */
    public void addSum(long high, long low) {
        sumLow += low;
        sumHigh += high + (Long.compareUnsigned(sumLow, low) < 0 ? 1 : 0);
    }

    /** Adds durations of this bucket, but not to the sum. */
    public void addToBucket(int bucket, long durations) {
        count += durations;
        if (4 * (used + 1) > 3 * entries.length) {
            grow();
        }
        int at = place(bucket);
        if (entries[at] == 0) {
            used++;
        }
        entries[at] = (long) (bucket + 1) << COUNT_BITS | ((countOf(entries[at]) + durations) & COUNT);
    }

    private int place(int bucket) {
        int mask = entries.length - 1;
        int at = ((bucket * 0x9E3779B1) >>> 16) & mask;
        while (entries[at] != 0 && bucketOf(entries[at]) != bucket) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        long[] before = entries;
        entries = new long[Math.max(FIRST_ROOM, 2 * before.length)];
        for (long entry : before) {
            if (entry != 0) {
                entries[place(bucketOf(entry))] = entry;
            }
        }
    }

    private static int bucketOf(long entry) {
        return (int) (entry >>> COUNT_BITS) - 1;
    }

    private static long countOf(long entry) {
        return (entry << COUNT_SHIFT) >> COUNT_SHIFT;
    }

    /** What the buckets take of the heap. */
    public long bytes() {
        return entries.length == 0 ? 0 : ARRAY_BYTES + (long) Long.BYTES * entries.length;
    }

    /** How many durations there are. */
    public long count() {
        return count;
    }

    /** The sum of all, in nanoseconds. */
    public BigInteger sumNanos() {
        return BigInteger.valueOf(sumHigh).shiftLeft(Long.SIZE).add(new BigInteger(Long.toUnsignedString(sumLow)));
    }

    /** The upper 64 bits of the sum. */
    public long sumHigh() {
        return sumHigh;
    }

    /** The lower 64 bits of the sum, unsigned. */
    public long sumLow() {
        return sumLow;
    }

    /** All buckets that are not empty, in no order. */
    public void forEach(Bucket use) {
        for (long entry : entries) {
            if (countOf(entry) != 0) {
                use.is(bucketOf(entry), countOf(entry));
            }
        }
    }

    /**
     * Tells percentiles by nearest rank: of so many percent (1..100) the shortest duration that at least so many percent of
     * all are as long as or shorter than, in nanoseconds and rounded down to its bucket; 0 if there are none.
     */
    public LongUnaryOperator percentiles() {
        long[] sorted = Arrays.stream(entries)
                .filter(entry -> countOf(entry) != 0)
                .sorted()
                .toArray();
        return percent -> {
            long rank = (Math.multiplyExact(count, percent) + 99) / 100;
            long seen = 0;
            for (long entry : sorted) {
                seen += countOf(entry);
                if (seen >= rank) {
                    return nanos(bucketOf(entry));
                }
            }
            return 0;
        };
    }
}
