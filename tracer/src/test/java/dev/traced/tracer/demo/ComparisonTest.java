package dev.traced.tracer.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The demo says that all is there: here what it must not overlook. */
class ComparisonTest {
    private static final Journey JOURNEY = Journey.BUY_SHAKILY;

    @ParameterizedTest
    @EnumSource(Journey.class)
    void traceThatHasAll_isWhole(Journey journey) {
        assertThat(problem(journey, journey.status(), true, journey.spans(), journey.logs()))
                .isEmpty();
    }

    @Test
    void whatIsMissingOrTooMuch_isAProblem() {
        Map<String, Integer> spans = JOURNEY.spans();
        Map<String, Integer> logs = JOURNEY.logs();

        assertThat(problem(JOURNEY, 0, true, spans, logs)).contains("must have been answered 201");
        assertThat(problem(JOURNEY, 201, false, spans, logs)).contains("is not complete");
        assertThat(problem(JOURNEY, 201, true, with(spans, "payment", 3), logs)).contains("has spans");
        assertThat(problem(JOURNEY, 201, true, with(spans, "payment", 5), logs)).contains("has spans");
        assertThat(problem(JOURNEY, 201, true, without(spans, "notification"), logs))
                .contains("has spans");
        assertThat(problem(JOURNEY, 201, true, with(spans, "stranger", 1), logs))
                .contains("has spans");
        assertThat(problem(JOURNEY, 201, true, spans, with(logs, "cart", 2))).contains("has logs");
        assertThat(problem(JOURNEY, 201, true, spans, without(logs, "shipping")))
                .contains("has logs");
    }

    private static String problem(
            Journey journey, int status, boolean isComplete, Map<String, Integer> spans, Map<String, Integer> logs) {
        Visit visit = new Visit("0af7651916cd43dd8448eb211c80319c", journey, status);
        return Comparison.problem(visit, new Collector.Trace(isComplete, spans, logs));
    }

    private static Map<String, Integer> with(Map<String, Integer> counts, String service, int count) {
        Map<String, Integer> changed = new HashMap<>(counts);
        changed.put(service, count);
        return changed;
    }

    private static Map<String, Integer> without(Map<String, Integer> counts, String service) {
        Map<String, Integer> changed = new HashMap<>(counts);
        changed.remove(service);
        return changed;
    }
}
