package dev.traced.assembler.sampling;

import dev.traced.model.SplitMix64;
import dev.traced.model.TraceId;

/**
 * Where a trace lies between 0 and 1 for tail sampling, by its id alone: the same on every machine and after every restart.
 * A rule that keeps a share keeps the traces below it, so that what is kept at a share is kept at every larger one.
 *
 * <p>It does not depend on the fraction that head sampling goes by: below that are all traces that head sampling left over,
 * and a second share of them must be a share again. So it is taken from the next number of the same generator, whose hash of
 * the id is that of head sampling:
 *
 * <pre>
 * x = hash + 0x9e3779b97f4a7c15
 * x = (x xor (x &gt;&gt; 30)) * 0xbf58476d1ce4e5b9
 * x = (x xor (x &gt;&gt; 27)) * 0x94d049bb133111eb
 * x = x xor (x &gt;&gt; 31)
 * fraction = (x &gt;&gt; 11) / 2^53
 * </pre>
 *
 * README.md has test vectors.
 */
public final class TailFraction {
    private static final int UNUSED_BITS = Long.SIZE - 53;
    private static final double UNIT = 0x1.0p-53;

    private TailFraction() {}

    /** The fraction, 0 included and 1 not. */
    public static double of(TraceId traceId) {
        long hash = SplitMix64.mix(traceId.high(), traceId.low());
        return (SplitMix64.mix(1, hash) >>> UNUSED_BITS) * UNIT;
    }
}
