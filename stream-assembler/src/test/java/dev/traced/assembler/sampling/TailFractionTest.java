package dev.traced.assembler.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.traced.model.SplitMix64;
import dev.traced.model.TraceId;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TailFractionTest {
    private static final int IDS = 400_000;

    /** The same in README.md: whoever computes it elsewhere must come to the same. */
    @ParameterizedTest
    @CsvSource({
        "00000000-0000-0000-0000-000000000001",
        "0af76519-16cd-43dd-8448-eb211c80319c",
        "ffffffff-ffff-ffff-ffff-ffffffffffff"
    })
    void fraction_isTheOneOfTheDocumentedSteps(String id) {
        TraceId traceId = TraceId.parse(id);

        assertThat(TailFraction.of(traceId)).isEqualTo(documented(traceId));
    }

    @Test
    void fractions_areThoseOfTheDocumentedSteps_ofAnyId() {
        long seed = Long.getLong("traced.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            TraceId traceId = new TraceId(random.nextLong(), random.nextLong());
            assertThat(TailFraction.of(traceId)).as(traceId.toString()).isEqualTo(documented(traceId));
        }
    }

    /** Head sampling at a tenth and a rule that keeps a tenth leave a hundredth. */
    @Test
    void fraction_doesNotDependOnThatOfHeadSampling() {
        int both = 0;
        int head = 0;
        for (int i = 0; i < IDS; i++) {
            TraceId traceId = new TraceId(0, i);
            boolean isBelowAtHead = (SplitMix64.mix(0, i) >>> 11) * 0x1.0p-53 < 0.1;
            head += isBelowAtHead ? 1 : 0;
            both += isBelowAtHead && TailFraction.of(traceId) < 0.1 ? 1 : 0;
        }
        // Six and a half standard deviations of IDS draws.
        assertThat((double) both / head).isCloseTo(0.1, within(6.5 * Math.sqrt(0.1 * 0.9 / head)));
    }

    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    private static double documented(TraceId id) {
        BigInteger gamma = new BigInteger("9e3779b97f4a7c15", 16);
        BigInteger hash = mixed(unsigned(id.high()).multiply(gamma).add(unsigned(id.low())));
        return mixed(hash.add(gamma)).shiftRight(11).doubleValue() / 9_007_199_254_740_992.0;
    }

    private static BigInteger unsigned(long bits) {
        return new BigInteger(Long.toHexString(bits), 16);
    }

    private static BigInteger mixed(BigInteger number) {
        BigInteger x = number.mod(TWO_TO_64);
        x = x.xor(x.shiftRight(30))
                .multiply(new BigInteger("bf58476d1ce4e5b9", 16))
                .mod(TWO_TO_64);
        x = x.xor(x.shiftRight(27))
                .multiply(new BigInteger("94d049bb133111eb", 16))
                .mod(TWO_TO_64);
        return x.xor(x.shiftRight(31));
    }
}
