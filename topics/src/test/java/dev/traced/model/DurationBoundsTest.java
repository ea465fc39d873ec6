package dev.traced.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationBoundsTest {
    private static final String MIN = "min";
    private static final String MAX = "max";

    @Test
    void withoutBounds_everyDurationPasses() {
        DurationBounds bounds = new DurationBounds()
                .atLeastMillis(MIN, null)
                .atMostMillis(MAX, null)
                .atMostNanos(MAX, null);

        assertThat(bounds.minNanos()).isEqualTo(TraceFilter.ANY.minDurationNanos());
        assertThat(bounds.maxNanos()).isEqualTo(TraceFilter.ANY.maxDurationNanos());
    }

    /** As they are shown: 1,999,999 ns are one millisecond. */
    @Test
    void milliseconds_standForAllThatAreShownAsSoMany() {
        DurationBounds bounds = new DurationBounds().atLeastMillis(MIN, 1L).atMostMillis(MAX, 1L);

        assertThat(bounds.minNanos()).isEqualTo(1_000_000);
        assertThat(bounds.maxNanos()).isEqualTo(1_999_999);
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775807", "9223372036854", "9223372036855"})
    void milliseconds_beyondWhatNanosecondsTell_areAnyDurationAtMost(long millis) {
        assertThat(new DurationBounds().atMostMillis(MAX, millis).maxNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void ofSeveralBounds_eachHolds() {
        DurationBounds bounds = new DurationBounds()
                .atLeastNanos(MIN, 1_000_001L)
                .atLeastMillis(MIN, 1L)
                .atMostMillis(MAX, 3L)
                .atMostNanos(MAX, 4_000_000L);

        assertThat(bounds.minNanos()).isEqualTo(1_000_001);
        assertThat(bounds.maxNanos()).isEqualTo(3_999_999);
    }

    @Test
    void wrongBounds_areNamed() {
        assertThatThrownBy(() -> new DurationBounds().atMostNanos("longest", -1L))
                .hasMessage("longest must not be negative, was -1");
        assertThatThrownBy(() -> new DurationBounds()
                        .atLeastNanos("shortest", 5_000_000L)
                        .atMostMillis("longest", 4L))
                .hasMessage("longest must not be less than shortest, were 4 and 5000000");
    }
}
