package dev.traced.tracer.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.traced.model.SpanId;
import dev.traced.model.TraceId;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LenientIdsTest {
    @Test
    void wellFormedIds_areWhatTheyAre() {
        String uuid = "01936f2e-8d3a-7c41-b5e0-3f2a9c1d7e90";
        assertThat(LenientIds.trace(uuid)).isEqualTo(TraceId.parse(uuid));
        assertThat(LenientIds.trace(uuid.replace("-", ""))).isEqualTo(TraceId.parse(uuid));
        assertThat(LenientIds.trace(uuid.replace("-", "").toUpperCase(Locale.ROOT)))
                .isEqualTo(TraceId.parse(uuid));
        assertThat(LenientIds.span("00f067aa0ba902b7")).isEqualTo(new SpanId(0, 0x00f067aa0ba902b7L));
        assertThat(LenientIds.hexOfSpan("00f067aa0ba902b7")).isEqualTo("00f067aa0ba902b7");
        assertThat(LenientIds.span(uuid).low()).isEqualTo(SpanId.parse(uuid).to64Bits());
    }

    /** What {@code printf t1 | sha256sum} says, so that other programs can do the same. */
    @ParameterizedTest
    @CsvSource({
        "t1, 628b49d96dcde97a430dd4f597705899",
        "t2, c44474038d459e40e4714afefa7bf8da",
        "trace123, c216a6ad6fb67090e8f8b473a3189f6e",
    })
    void anyOtherText_isTheBeginningOfItsHash(String text, String digits) {
        assertThat(LenientIds.hexOfTrace(text)).isEqualTo(digits);
        assertThat(LenientIds.hexOfSpan(text)).isEqualTo(digits.substring(0, 16));
    }

    @Test
    void t2_isOutAtOnePercent() {
        assertThat(new SamplingRate(0.01).keeps(LenientIds.trace("t2"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1})
    void shareOfTraces_isTheRateWithinOnePercent(double rate) {
        int traces = 100_000;
        SamplingRate sampling = new SamplingRate(rate);
        long kept = IntStream.range(0, traces)
                .filter(i -> sampling.keeps(LenientIds.trace("t" + i)))
                .count();

        double fiveSigma = 5 * Math.sqrt(rate * (1 - rate) / traces); // less than 1 % at any rate
        assertThat(kept / (double) traces).isEqualTo(rate, within(fiveSigma));
    }

    @Test
    void traceThatIsKeptAtARate_isKeptAtEveryHigherOne() {
        for (int i = 0; i < 1000; i++) {
            TraceId id = LenientIds.trace("t" + i);
            boolean isKept = false;
            for (int percent = 0; percent <= 100; percent++) {
                boolean isKeptHere = new SamplingRate(percent / 100.0).keeps(id);
                assertThat(isKeptHere || !isKept).as("t%d at %d%%", i, percent).isTrue();
                isKept = isKeptHere;
            }
            assertThat(isKept).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"0.01, 1", "0.5, 50", "0.125, 12.5", "0.001, 0.1", "0, 0", "0.1, 10", "1e-5, 0.001"})
    void reason_hasTheRateInPercent(double rate, String percent) {
        assertThat(new SamplingRate(rate).reason()).isEqualTo("Trace not sampled (" + percent + "% rate)");
    }
}
