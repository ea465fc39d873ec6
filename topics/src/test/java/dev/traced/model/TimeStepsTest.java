package dev.traced.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeStepsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long NOON = 1_767_268_800 * SECOND;

    @ParameterizedTest
    @CsvSource({
        "1800, 60, 30",
        "1805, 60, 60",
        "60, 60, 1",
        "61, 60, 2",
        "3600, 60, 60",
        "3601, 60, 120",
        "21600, 60, 600",
        "86400, 60, 1800",
        "86400, 200, 600",
        "86400, 24, 3600",
        "86400, 3, 43200",
        "86401, 2, 86400",
        "30, 200, 0.2",
        "0.000000007, 7, 0.000000001"
    })
    void steps_areTheShortestRoundOnes_ofWhichNotTooManyAreNeeded(double seconds, int most, double stepSeconds) {
        TimeSteps steps = TimeSteps.between(NOON, NOON + Math.round(seconds * SECOND), most);

        assertThat(steps.stepNanos()).isEqualTo(Math.round(stepSeconds * SECOND));
    }

    /** Every time of the range is in the step that begins at or before it, whatever the range; none is outside. */
    @Test
    void steps_coverTheRange() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long after = i % 10 == 0 ? 0 : NOON + random.nextInt(1_000_000) - 500_000;
            long before =
                    i % 7 == 0 ? Long.MAX_VALUE : after + 1 + (random.nextLong() >>> (1 + random.nextInt(60))) / 2;
            int most = 2 + random.nextInt(199);

            TimeSteps steps = TimeSteps.between(after, Math.max(after + 1, before), most);

            String as = steps + " of " + most;
            assertThat(steps.count()).as(as).isBetween(1, most);
            for (long time : List.of(after, steps.beforeNanos() - 1, after + (steps.beforeNanos() - after) / 2)) {
                int step = steps.step(time);
                assertThat(step).as(as).isBetween(0, steps.count() - 1);
                assertThat(steps.start(step) % steps.stepNanos()).as(as).isZero();
                assertThat(time - steps.start(step)).as(as).isBetween(0L, steps.stepNanos() - 1);
            }
            assertThat(steps.step(after)).as(as).isZero();
            assertThat(steps.step(steps.beforeNanos())).as(as).isEqualTo(steps.count());
            assertThat(steps.step(Long.MAX_VALUE)).as(as).isEqualTo(steps.count());
        }
    }

    @Test
    void upToNow_theLastStepIsWhole_andHasNow() {
        TimeSteps steps = TimeSteps.upTo(NOON, NOON - 1_805 * SECOND, 60);

        assertThat(steps).isEqualTo(new TimeSteps(NOON - 1_805 * SECOND, NOON + 60 * SECOND, 60 * SECOND));
        assertThat(steps.count()).isEqualTo(32);
        assertThat(steps.step(NOON)).isEqualTo(31);
    }

    @Test
    void upToNow_thereIsNothing_fromLaterOn() {
        TimeSteps steps = TimeSteps.upTo(NOON, NOON + SECOND, 60);

        assertThat(steps.count()).isZero();
        assertThat(steps.step(NOON + SECOND)).isZero();
    }

    @Test
    void rangeOutsideOfTheWindow_isEmpty() {
        RollingWindow window = new RollingWindow(java.time.Duration.ofMinutes(30), java.time.Duration.ofSeconds(5));

        TimeSteps before =
                OverviewQuery.between(5L, 9L, 60, NOON, TraceFilter.ANY).times(window);
        TimeSteps since =
                OverviewQuery.between(0L, NOON, 60, NOON, TraceFilter.ANY).times(window);

        assertThat(before.count()).isZero();
        assertThat(since.afterNanos()).isEqualTo(NOON - 1_805 * SECOND);
    }
}
