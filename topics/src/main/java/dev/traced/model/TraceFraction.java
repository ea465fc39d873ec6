package dev.traced.model;

/**
 * Where a trace lies between 0 and 1, by its id alone: the same in every process, after every restart and in every language.
 * At a rate the traces below it are kept, so that
 *
 * <ul>
 *   <li>all spans of a trace get the same verdict at the same rate, whichever gateway they come to;
 *   <li>a trace that is kept at a rate is kept at every higher one;
 *   <li>1 keeps everything and 0 nothing.
 * </ul>
 *
 * <p>The algorithm, in unsigned arithmetic modulo 2^64, of the 16 bytes of the id as two big-endian halves:
 *
 * <pre>
 * x = high * 0x9e3779b97f4a7c15 + low
 * x = (x xor (x &gt;&gt; 30)) * 0xbf58476d1ce4e5b9
 * x = (x xor (x &gt;&gt; 27)) * 0x94d049bb133111eb
 * hash = x xor (x &gt;&gt; 31)
 * fraction = (hash &gt;&gt; 11) / 2^53
 * </pre>
 *
 * <p>53 bits are what a double holds, so the fraction is exact. The bits of the id are mixed, and not taken as they are, since
 * not every id is random: there are counters, times and ids of 8 bytes. It also keeps the verdict independent of a sampler
 * upstream that goes by those bits. README.md has test vectors.
 */
public final class TraceFraction {
    private static final int UNUSED_BITS = Long.SIZE - 53;
    private static final double UNIT = 0x1.0p-53;

    private TraceFraction() {}

    /**
     * The fraction, 0 included and 1 not.
     *
     * @param high the first 8 bytes of the trace id, big-endian
     * @param low the last 8; an id of 8 bytes has a {@code high} of 0
     */
    public static double of(long high, long low) {
        return (hash(high, low) >>> UNUSED_BITS) * UNIT;
    }

    /** All 64 bits that the fraction is taken from. */
    public static long hash(long high, long low) {
        return SplitMix64.mix(high, low);
    }
}
