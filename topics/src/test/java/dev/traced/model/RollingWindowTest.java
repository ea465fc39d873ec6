package dev.traced.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RollingWindowTest {
    private static final long NOW = 1767225600000000000L;
    private static final RollingWindow WINDOW = new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5));

    @Test
    void edges_areTheWindow_andTheWindowPlusGrace() {
        assertThat(WINDOW.acceptedFrom(NOW)).isEqualTo(NOW - 1_800_000_000_000L);
        assertThat(WINDOW.visibleFrom(NOW)).isEqualTo(NOW - 1_805_000_000_000L);
        assertThat(WINDOW.length()).isEqualTo(Duration.ofMinutes(30).plusSeconds(5));
    }

    @Test
    void whatIsAccepted_isVisible_forTheGrace() {
        long start = WINDOW.acceptedFrom(NOW);

        assertThat(start).isGreaterThanOrEqualTo(WINDOW.visibleFrom(NOW + 5_000_000_000L));
        assertThat(start).isLessThan(WINDOW.visibleFrom(NOW + 5_000_000_001L));
    }

    @Test
    void window_mustBePositive() {
        for (Duration window : new Duration[] {Duration.ZERO, Duration.ofNanos(-1)}) {
            assertThatThrownBy(() -> new RollingWindow(window, Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("window must be positive, was " + window);
        }
    }

    @Test
    void grace_mayBeZero_notNegative() {
        assertThat(new RollingWindow(Duration.ofNanos(1), Duration.ZERO).visibleFrom(10))
                .isEqualTo(9);
        assertThatThrownBy(() -> new RollingWindow(Duration.ofMinutes(1), Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("grace must not be negative, was PT-1S");
    }
}
