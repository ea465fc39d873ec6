package dev.traced.testing.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    @Test
    void percentiles_areWithinTwoPercent() {
        Latencies latencies = new Latencies();
        for (int micros = 1; micros <= 100_000; micros++) {
            latencies.record(micros * 1_000L);
        }

        assertThat(latencies.atPercent(50).toNanos() / 50e6).isBetween(0.99, 1.02);
        assertThat(latencies.atPercent(99).toNanos() / 99e6).isBetween(0.99, 1.02);
        assertThat(latencies.atPercent(100)).isEqualTo(Duration.ofMillis(100));
        assertThat(latencies.summary().count()).isEqualTo(100_000);
    }

    @Test
    void extremes_areRecorded() {
        Latencies latencies = new Latencies();

        assertThat(latencies.summary()).hasToString("0 times, p50 0.000 ms, p99 0.000 ms, max 0.000 ms");
        latencies.record(0);
        latencies.record(Long.MAX_VALUE);

        assertThat(latencies.summary().max()).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
    }
}
