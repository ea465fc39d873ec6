package dev.traced.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TraceFractionTest {
    private static final int IDS = 1_000_000;
    private static final int BUCKETS = 256;
    private static final double[] RATES = {0.001, 0.01, 0.1, 0.25, 0.5, 0.9};

    /** So far off no honest sequence comes in a lifetime of runs, whatever its seed. */
    private static final double SIGMAS = 6.5;

    /** The ids that services send, one after the other. */
    interface Ids {
        TraceId next(Random random, int i);
    }

    static Stream<Arguments> kindsOfIds() {
        return Stream.of(
                Arguments.argumentSet("counted through the low half", (Ids) (random, i) -> new TraceId(0, i + 1L)),
                Arguments.argumentSet("counted through the high half", (Ids) (random, i) -> new TraceId(i, 0)),
                Arguments.argumentSet("counted in steps of 2^32", (Ids) (random, i) -> new TraceId(7, (long) i << 32)),
                Arguments.argumentSet(
                        "random, 16 bytes", (Ids) (random, i) -> new TraceId(random.nextLong(), random.nextLong())),
                Arguments.argumentSet("random, 8 bytes", (Ids) (random, i) -> new TraceId(0, random.nextLong())),
                Arguments.argumentSet("UUID version 4", (Ids) (random, i) -> uuid(4, random.nextLong(), random)),
                Arguments.argumentSet("UUID version 7, a thousand a millisecond", (Ids) (random, i) ->
                        uuid(7, (1_760_000_000_000L + i / 1_000) << 16 | random.nextInt(1 << 12), random)),
                Arguments.argumentSet("a time in seconds and a counter", (Ids)
                        (random, i) -> new TraceId((1_760_000_000L + i / 500) << 32 | i, 0x00c0ffee_00000000L)));
    }

    private static TraceId uuid(int version, long high, Random random) {
        long low = random.nextLong() >>> 2 | Long.MIN_VALUE;
        UUID uuid = new UUID(high & ~0xf000L | (long) version << 12, low);
        assertThat(uuid.version()).isEqualTo(version);
        assertThat(uuid.variant()).isEqualTo(2);
        return new TraceId(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    @ParameterizedTest
    @MethodSource("kindsOfIds")
    void idsOfEveryKind_areSpreadEvenly(Ids ids) {
        long seed = Long.getLong("traced.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int[] buckets = new int[BUCKETS];
        int[] below = new int[RATES.length];
        for (int i = 0; i < IDS; i++) {
            TraceId id = ids.next(random, i);
            double fraction = TraceFraction.of(id.high(), id.low());
            buckets[(int) (fraction * BUCKETS)]++;
            for (int r = 0; r < RATES.length; r++) {
                below[r] += fraction < RATES[r] ? 1 : 0;
            }
        }

        for (int r = 0; r < RATES.length; r++) {
            double deviation = Math.sqrt(IDS * RATES[r] * (1 - RATES[r]));
            assertThat((double) below[r])
                    .as("kept at %s of %s", RATES[r], IDS)
                    .isBetween(IDS * RATES[r] - SIGMAS * deviation, IDS * RATES[r] + SIGMAS * deviation);
        }
        double expected = (double) IDS / BUCKETS;
        double chiSquare = 0;
        for (int count : buckets) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        int freedom = BUCKETS - 1;
        assertThat(chiSquare)
                .as("chi square of %s buckets", BUCKETS)
                .isLessThan(freedom + SIGMAS * 1.2 * Math.sqrt(2 * freedom));
    }

    /** Computed by another program. They stay: gateways of two versions would cut traces in pieces. */
    @ParameterizedTest
    @CsvSource({
        "00000000-0000-0000-0000-000000000000, 0000000000000000, 0",
        "00000000-0000-0000-0000-000000000001, 5692161d100b05e5, 0.338167",
        "00000000-0000-0000-4848-5a3953bb6124, 0a72ba4a06449e13, 0.040813",
        "0af76519-16cd-43dd-8448-eb211c80319c, 1274c27ab333a84d, 0.072094",
        "ffffffff-ffff-ffff-ffff-ffffffffffff, de0a564cbcd060c4, 0.867345",
    })
    void fraction_isWhatItHasAlwaysBeen(String id, String hash, double fraction) {
        TraceId trace = TraceId.parse(id);

        assertThat(String.format("%016x", TraceFraction.hash(trace.high(), trace.low())))
                .isEqualTo(hash);
        assertThat(TraceFraction.of(trace.high(), trace.low())).isCloseTo(fraction, within(1e-6));
    }

    @Test
    void fraction_isTheTop53BitsOfTheHash_exactly_andBelowOne() {
        Random random = new Random(Long.getLong("traced.seed", 1));
        for (int i = 0; i < 100_000; i++) {
            long high = random.nextLong();
            long low = random.nextLong();

            double fraction = TraceFraction.of(high, low);

            assertThat(fraction).isGreaterThanOrEqualTo(0).isLessThan(1);
            assertThat((long) (fraction * 0x1.0p53)).isEqualTo(TraceFraction.hash(high, low) >>> 11);
        }
    }
}
