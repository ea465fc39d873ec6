package dev.traced.tracer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FractionSamplerTest {
    /** README.md, Sampling: what the gateway does. */
    @ParameterizedTest
    @CsvSource({
        "00000000000000000000000000000001, false, false, true",
        "000000000000000048485a3953bb6124, false, true, true",
        "01936f2e8d3a7c41b5e03f2a9c1d7e90, true, true, true",
        "0af7651916cd43dd8448eb211c80319c, false, true, true",
        "463ac35c9f6413ad48485a3953bb6124, false, false, true",
        "ffffffffffffffffffffffffffffffff, false, false, false"
    })
    void itKeepsWhatTheGatewayKeeps(String id, boolean atHundredth, boolean atTenth, boolean atHalf) {
        assertThat(keeps(0.01, id)).isEqualTo(atHundredth);
        assertThat(keeps(0.1, id)).isEqualTo(atTenth);
        assertThat(keeps(0.5, id)).isEqualTo(atHalf);
        assertThat(keeps(1, id)).isTrue();
        assertThat(keeps(0, id)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.02, 0.1, 0.5, 0.9})
    void theShareIsTheRate_andGrowsWithIt(double rate) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int ids = 100_000;
        int kept = 0;
        for (int i = 0; i < ids; i++) {
            String id = "%016x%016x".formatted(random.nextLong(), random.nextLong());
            boolean keeps = keeps(rate, id);
            kept += keeps ? 1 : 0;
            assertThat(!keeps || keeps(rate + 0.05, id))
                    .as("seed %d, id %s", seed, id)
                    .isTrue();
        }

        assertThat((double) kept / ids).as("seed " + seed).isCloseTo(rate, within(0.01));
    }

    /** Whose traces it keeps, and the SDK's own does not: the reason for it. */
    @Test
    void theSdksOwnKeepsOthers() {
        IdGenerator ids = IdGenerator.random();
        long differ = java.util.stream.IntStream.range(0, 10_000)
                .mapToObj(i -> ids.generateTraceId())
                .filter(id -> keeps(0.5, id) != keeps(Sampler.traceIdRatioBased(0.5), id))
                .count();

        assertThat(differ).isBetween(4_000L, 6_000L);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
    void aRateThatIsNone_isRefused(double rate) {
        assertThatThrownBy(() -> new FractionSampler(rate))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sampling rate must be 0..1, was " + rate);
    }

    private static boolean keeps(double rate, String traceId) {
        return keeps(new FractionSampler(rate), traceId);
    }

    private static boolean keeps(Sampler sampler, String traceId) {
        return sampler.shouldSample(Context.root(), traceId, "GET /", SpanKind.SERVER, Attributes.empty(), List.of())
                        .getDecision()
                == SamplingDecision.RECORD_AND_SAMPLE;
    }
}
