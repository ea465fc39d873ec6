package dev.traced.assembler;

import dev.traced.assembler.sampling.TailRule;
import dev.traced.assembler.sampling.TailSampling;
import dev.traced.assembler.stats.ServiceMetrics;
import dev.traced.assembler.trace.Verdict;
import dev.traced.topics.TraceEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts what becomes of the spans on topic {@code spans}: stored + duplicate + expired + redelivered are the spans of all
 * records that this process has read and could read, each record once.
 */
public final class AssemblerMetrics {
    private final MeterRegistry registry;
    private final Counter stored;
    private final Counter duplicate;
    private final Counter expired;
    private final Counter redelivered;
    private final Map<TopicPartition, PartitionCounts> partitions = new ConcurrentHashMap<>();
    private final Counter unreadable;
    private final Counter logs;
    private final Counter late;
    private final AtomicLong open = new AtomicLong();
    private final Counter closed;
    private final Counter updated;
    private final ServiceMetrics services;

    public AssemblerMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.services = new ServiceMetrics(registry);
        this.stored = Counter.builder("traced.spans.stored")
                .description("Spans that were new to their trace")
                .register(registry);
        this.duplicate = Counter.builder("traced.spans.duplicate")
                .description("Spans that replaced one of the same id")
                .register(registry);
        this.expired = Counter.builder("traced.spans.expired")
                .description("Spans that had left the window before they were read from the topic")
                .register(registry);
        this.redelivered = Counter.builder("traced.spans.redelivered")
                .description("Spans of records that had been applied before this process read them")
                .register(registry);
        this.logs = Counter.builder("traced.logs.stored")
                .description("Log records that were put beside their trace")
                .register(registry);
        this.late = Counter.builder("traced.spans.late")
                .description("Spans that came to a trace that had closed")
                .register(registry);
        Gauge.builder("traced.traces.open", open, AtomicLong::get)
                .description("Traces that wait for more spans, or to be closed")
                .register(registry);
        this.closed = Counter.builder("traced.traces.closed")
                .description("Traces that closed for the first time and went to topic traces")
                .register(registry);
        this.updated = Counter.builder("traced.traces.updated")
                .description("Traces that closed again after late spans")
                .register(registry);
        this.unreadable = Counter.builder("traced.records.dead.letter")
                .description("Records that could not be read and went to topic dead-letter")
                .register(registry);
    }

    /** The counts of a partition, the same for as long as the process lives. */
    PartitionCounts of(TopicPartition partition) {
        return partitions.computeIfAbsent(partition, first -> new PartitionCounts(this));
    }

    void stored(int spans) {
        stored.increment(spans);
    }

    void duplicate(int spans) {
        duplicate.increment(spans);
    }

    void redelivered(int spans) {
        redelivered.increment(spans);
    }

    void expired(int spans) {
        expired.increment(spans);
    }

    void logs(int records) {
        logs.increment(records);
    }

    void late(int spans) {
        late.increment(spans);
    }

    /** So many more traces are open in some partition. */
    void opened(long traces) {
        open.addAndGet(traces);
    }

    void closed(TraceEvent event) {
        if (event.part() == event.parts()) {
            (event.kind() == TraceEvent.Kind.TRACE_COMPLETE ? closed : updated).increment();
        }
    }

    /** A verdict was made or changed; there are as many rules as the configuration has. */
    void sampled(Verdict verdict) {
        sampled(verdict.rule(), verdict.isKept()).increment();
    }

    /** Shows the verdicts of these rules from now on, also before the first. */
    void showVerdictsOf(TailSampling sampling) {
        for (TailRule rule : sampling.rules()) {
            sampled(rule.name(), true);
            sampled(rule.name(), false);
        }
    }

    private Counter sampled(String rule, boolean isKept) {
        return Counter.builder("traced.traces.sampled")
                .description("Verdicts of tail sampling on traces that closed, made or changed")
                .tag("verdict", isKept ? "kept" : "dropped")
                .tag("rule", rule)
                .register(registry);
    }

    /** Of each service. */
    ServiceMetrics services() {
        return services;
    }

    void unreadable() {
        unreadable.increment();
    }
}
