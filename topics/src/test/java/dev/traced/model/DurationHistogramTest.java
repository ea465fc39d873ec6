package dev.traced.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationHistogramTest {
    private final DurationHistogram histogram = new DurationHistogram();

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "63, 63",
        "64, 64",
        "127, 127",
        "128, 128",
        "129, 128",
        "130, 130",
        "255, 254",
        "256, 256",
        "259, 256",
        "1000000, 999424",
        "9223372036854775807, 9151314442816847872"
    })
    void duration_isRoundedDownToItsBucket(long nanos, long shown) {
        histogram.add(nanos, 1);

        assertThat(histogram.percentiles().applyAsLong(50)).isEqualTo(shown);
        assertThat(histogram.sumNanos()).isEqualTo(BigInteger.valueOf(nanos));
    }

    @Test
    void buckets_followOneAnother_withoutAGap_noneWiderThanItsSixtyFourthPart() {
        for (int bucket = 0; bucket < DurationHistogram.BUCKETS - 1; bucket++) {
            long first = DurationHistogram.nanos(bucket);
            long next = DurationHistogram.nanos(bucket + 1);
            assertThat(DurationHistogram.bucket(first)).isEqualTo(bucket);
            assertThat(DurationHistogram.bucket(next - 1)).isEqualTo(bucket);
            assertThat(next - first).isLessThanOrEqualTo(Math.max(1, first / 64));
        }
        assertThat(DurationHistogram.bucket(Long.MAX_VALUE)).isEqualTo(DurationHistogram.BUCKETS - 1);
    }

    @ParameterizedTest
    @CsvSource({"1, 10", "10, 10", "11, 20", "50, 50", "51, 60", "99, 100", "100, 100"})
    void percentile_isThatOfTheNearestRank(int percent, long nanos) {
        for (long ten = 10; ten <= 100; ten += 10) {
            histogram.add(ten, 1);
        }

        assertThat(histogram.percentiles().applyAsLong(percent)).isEqualTo(nanos);
    }

    @Test
    void ofNothing_everythingIsZero() {
        assertThat(histogram.percentiles().applyAsLong(99)).isZero();
        assertThat(histogram.count()).isZero();
        assertThat(histogram.sumNanos()).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void sumsOfHostileDurations_areExact_inWhateverOrderTheyComeAndGo(long seed) {
        Random random = new Random(seed);
        List<long[]> changes = new ArrayList<>();
        BigInteger sum = BigInteger.ZERO;
        int stay = 0;
        for (int i = 0; i < 2_000; i++) {
            long nanos = random.nextLong() >>> (1 + random.nextInt(63));
            changes.add(new long[] {nanos, 1});
            if (random.nextBoolean()) {
                changes.add(new long[] {nanos, -1});
            } else {
                sum = sum.add(BigInteger.valueOf(nanos));
                stay++;
            }
        }
        Collections.shuffle(changes, random);

        DurationHistogram other = new DurationHistogram();
        changes.forEach(change -> (random.nextBoolean() ? histogram : other).add(change[0], (int) change[1]));
        histogram.add(other);

        assertThat(histogram.sumNanos()).isEqualTo(sum);
        assertThat(histogram.count()).isEqualTo(stay);
        long[] inBuckets = {0};
        histogram.forEach((bucket, count) -> inBuckets[0] += count);
        assertThat(inBuckets[0]).isEqualTo(stay);
    }
}
