package dev.traced.assembler.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.model.SpanId;
import dev.traced.model.TraceShape;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class ServiceMetricsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ServiceMetrics metrics = new ServiceMetrics(registry);

    /** One of them would make the whole page unreadable for Prometheus. */
    @Test
    void controlCharacters_areNotInLabels_andTheirSpansCount() {
        closed("\u0000x");
        closed("\u0001x");
        closed("x\ny");

        assertThat(spans("\uFFFDx")).isEqualTo(2);
        assertThat(spans("x\uFFFDy")).isEqualTo(1);
    }

    @Test
    void furtherServices_areCountedTogether() {
        for (int i = 0; i < ServiceMetrics.MAX_SERVICES + 7; i++) {
            closed("service " + i);
        }

        assertThat(spans("service 0")).isEqualTo(1);
        assertThat(spans("(other)")).isEqualTo(7);
    }

    private void closed(String service) {
        TraceShape.Builder spans = new TraceShape.Builder();
        spans.add(new SpanId(0, 1), null, service, "o", 1, 2, false);
        spans.build();
        metrics.closed(null, new CountedTrace(spans, 5));
    }

    private double spans(String label) {
        FunctionCounter counter =
                registry.get("traced.service.spans").tag("service", label).functionCounter();
        return counter.count();
    }
}
