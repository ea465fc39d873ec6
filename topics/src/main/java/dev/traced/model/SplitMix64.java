package dev.traced.model;

/**
 * Mixes the 16 bytes of an id into 8 by the finaliser of SplitMix64, so that ids that differ in any of their bits, be it a
 * time or a counter, come out as different as random ones. What it gives may be stored and is told to others: it stays as
 * it is.
 *
 * @see <a href="https://doi.org/10.1145/2660193.2660195">Steele, Lea, Flood: Fast splittable pseudorandom number
 *     generators (2014)</a>
 */
public final class SplitMix64 {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private SplitMix64() {}

    /** {@code high} and {@code low} are the two halves, big-endian; all arithmetic is modulo 2^64. */
    public static long mix(long high, long low) {
        long mixed = high * GOLDEN_GAMMA + low;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
