package dev.traced.ingest.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingRatesTest {
    @Test
    void traceThatIsKeptAtARate_isKeptAtEveryHigherOne() {
        long seed = Long.getLong("traced.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            long high = random.nextLong();
            long low = random.nextLong();
            double lower = random.nextDouble();
            double higher = lower + (1 - lower) * random.nextDouble();

            if (SamplingRates.keep(high, low, lower)) {
                assertThat(SamplingRates.keep(high, low, higher))
                        .as("%016x%016x at %s and %s", high, low, lower, higher)
                        .isTrue();
            }
        }
    }

    @Test
    void rateOf1_keepsEverything_rateOf0_nothing() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            assertThat(SamplingRates.keep(random.nextLong(), random.nextLong(), 1))
                    .isTrue();
            assertThat(SamplingRates.keep(random.nextLong(), random.nextLong(), 0))
                    .isFalse();
        }
        assertThat(SamplingRates.keep(0, 0, 0)).as("the lowest fraction at 0").isFalse();
    }

    @Test
    void rateOfAService_goesBeforeTheGeneralOne() {
        SamplingRates rates =
                new SamplingRates(0.2, SamplingRates.ofServices("rates", "checkout=1, health = 0.01 ,a b=1e-3"));

        assertThat(rates.of("checkout")).isEqualTo(1);
        assertThat(rates.of("health")).isEqualTo(0.01);
        assertThat(rates.of("a b")).isEqualTo(0.001);
        assertThat(rates.of("Checkout")).as("another service").isEqualTo(0.2);
        assertThat(rates.of("")).as("a service without a name").isEqualTo(0.2);
    }

    @Test
    void onlyRatesOf1_keepAll() {
        assertThat(SamplingRates.ALL.keepAll()).isTrue();
        assertThat(new SamplingRates(1, Map.of("checkout", 1.0)).keepAll()).isTrue();
        assertThat(new SamplingRates(1, Map.of("health", 0.5)).keepAll()).isFalse();
        assertThat(new SamplingRates(0.999, Map.of("checkout", 1.0)).keepAll()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void noRatesOfServices_areNone(String text) {
        assertThat(SamplingRates.ofServices("rates", text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "checkout            | R must be service=rate,..., had 'checkout'",
                "a=1,                | R must be service=rate,..., had ''",
                "a=1;b=0.5           | R: the rate of a must be 0..1, was 1;b=0.5",
                "=0.5                | R must be service=rate,..., had '=0.5'",
                "checkout=           | R: the rate of checkout must be 0..1, was empty",
                "checkout=1.5        | R: the rate of checkout must be 0..1, was 1.5",
                "checkout=-0.1       | R: the rate of checkout must be 0..1, was -0.1",
                "checkout=NaN        | R: the rate of checkout must be 0..1, was NaN",
                "checkout=50%        | R: the rate of checkout must be 0..1, was 50%",
                "a=1,checkout=0x1p-1 | R: the rate of checkout must be 0..1, was 0x1p-1",
                "a=1,b=0.5,a=0.1     | R must name a once, had another 0.1",
            })
    void whatIsNoListOfRates_isRefused_withTheServiceAndTheValue(String text, String message) {
        assertThatThrownBy(() -> SamplingRates.ofServices("R", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "-1", "-0", "all", "1d", "Infinity", "1e400", "0.5 "})
    void whatIsNoRate_isRefused(String text) {
        assertThatThrownBy(() -> SamplingRates.rate("SAMPLING_RATE", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("SAMPLING_RATE must be 0..1, was " + text);
    }

    @Test
    void ratesBeyondTheirRange_areRefused() {
        assertThatThrownBy(() -> new SamplingRates(1.1, Map.of())).hasMessage("the rate must be 0..1, was 1.1");
        assertThatThrownBy(() -> new SamplingRates(1, Map.of("a", -1.0)))
                .hasMessage("the rate of a must be 0..1, was -1.0");
    }
}
