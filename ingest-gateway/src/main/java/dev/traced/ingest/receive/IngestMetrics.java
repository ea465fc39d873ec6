package dev.traced.ingest.receive;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the gateway counts. accepted = stale + sampled out + published, over all batches that were taken; the rejected are
 * beside it.
 */
public final class IngestMetrics {
    private final Counter accepted;
    private final Counter stale;
    private final Counter sampledOut;
    private final Counter published;
    private final Counter logs;
    private final Counter uncorrelatedLogs;
    private final Counter staleLogs;
    private final Counter tooLargeLogs;
    private final Map<InvalidSpan, Counter> invalid = new EnumMap<>(InvalidSpan.class);
    private final Map<Rejection, Counter> rejected = new EnumMap<>(Rejection.class);
    private final Map<Rejection, Counter> errors = new EnumMap<>(Rejection.class);
    private final Counter successes;

    public IngestMetrics(MeterRegistry registry) {
        accepted = Counter.builder("traced.spans.accepted")
                .description("Spans of batches that were taken, without the rejected")
                .register(registry);
        stale = Counter.builder("traced.spans.stale")
                .description("Accepted spans that began before the window and were dropped")
                .register(registry);
        sampledOut = Counter.builder("traced.spans.sampled.out")
                .description("Accepted spans of traces that are not in the sample, which were dropped")
                .register(registry);
        published = Counter.builder("traced.spans.published")
                .description("Accepted spans that Kafka acknowledged")
                .register(registry);
        logs = Counter.builder("traced.logs.published")
                .description("Log records of a trace that Kafka acknowledged")
                .register(registry);
        uncorrelatedLogs = Counter.builder("traced.logs.uncorrelated")
                .description("Log records without a trace id: taken, and not kept")
                .register(registry);
        staleLogs = Counter.builder("traced.logs.stale")
                .description("Log records from before the window that were dropped")
                .register(registry);
        tooLargeLogs = Counter.builder("traced.logs.too.large")
                .description("Log records that were left out since they do not fit into a record")
                .register(registry);
        for (InvalidSpan reason : InvalidSpan.values()) {
            invalid.put(
                    reason,
                    Counter.builder("traced.spans.rejected")
                            .description("Spans that were left out of a batch of which the rest was taken")
                            .tag("reason", reason.tag())
                            .register(registry));
        }
        for (Rejection reason : Rejection.values()) {
            errors.put(reason, answers(registry, reason.answer())); // the same one for reasons of the same status
            rejected.put(
                    reason,
                    Counter.builder("traced.ingest.rejected")
                            .description("Requests that were not taken")
                            .tag("reason", reason.tag())
                            .register(registry));
        }
        successes = answers(registry, "2xx");
    }

    private static Counter answers(MeterRegistry registry, String status) {
        return Counter.builder("traced.ingest.answers")
                .description(
                        "Answers to requests that bring spans or logs, over gRPC by the status that HTTP has for them")
                .tag("status", status)
                .register(registry);
    }

    public void accepted(SpanReceipt receipt) {
        successes.increment();
        accepted.increment(receipt.accepted());
        published.increment(receipt.published());
        stale.increment(receipt.stale());
        sampledOut.increment(receipt.sampledOut());
        receipt.rejected().forEach((reason, spans) -> invalid(reason).increment(spans));
    }

    public void accepted(LogReceipt receipt) {
        successes.increment();
        logs.increment(receipt.published());
        uncorrelatedLogs.increment(receipt.uncorrelated());
        staleLogs.increment(receipt.stale());
        tooLargeLogs.increment(receipt.tooLarge());
    }

    private Counter invalid(InvalidSpan reason) {
        return requireNonNull(invalid.get(reason));
    }

    public void rejected(Rejection reason) {
        requireNonNull(rejected.get(reason)).increment();
        requireNonNull(errors.get(reason)).increment();
    }
}
