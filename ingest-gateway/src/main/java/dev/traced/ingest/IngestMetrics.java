package dev.traced.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** What the gateway counts. accepted = stale + published, over all batches that were answered with 202. */
public final class IngestMetrics {
    private final Counter accepted;
    private final Counter stale;
    private final Counter published;
    private final Map<Rejection, Counter> rejected = new EnumMap<>(Rejection.class);

    public IngestMetrics(MeterRegistry registry) {
        accepted = Counter.builder("traced.spans.accepted")
                .description("Spans in batches that were answered with 202")
                .register(registry);
        stale = Counter.builder("traced.spans.stale")
                .description("Spans of these that began before the window and were dropped")
                .register(registry);
        published = Counter.builder("traced.spans.published")
                .description("Spans of these that Kafka acknowledged")
                .register(registry);
        for (Rejection reason : Rejection.values()) {
            rejected.put(
                    reason,
                    Counter.builder("traced.ingest.rejected")
                            .description("Requests that were not answered with 202")
                            .tag("reason", reason.tag())
                            .register(registry));
        }
    }

    void accepted(int published, int stale) {
        this.accepted.increment((double) published + stale);
        this.published.increment(published);
        this.stale.increment(stale);
    }

    void rejected(Rejection reason) {
        Counter counter = rejected.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }
}
