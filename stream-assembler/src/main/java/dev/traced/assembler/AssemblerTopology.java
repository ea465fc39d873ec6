package dev.traced.assembler;

import dev.traced.assembler.stats.StatsBudget;
import dev.traced.assembler.store.SearchBudget;
import dev.traced.assembler.store.TraceStoreBuilder;
import dev.traced.topics.Topics;
import java.util.concurrent.Executor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;

/**
 * The whole graph:
 *
 * <pre>
 * spans -> assemble-trace [traces] -> traces, dead-letter
 * logs  -> collect-logs   [traces] -> dead-letter
 * </pre>
 *
 * Bytes in, bytes out: a record that Kafka Streams itself could not deserialise would never reach our step, and the read
 * barrier would wait for it for ever.
 */
public final class AssemblerTopology {
    /** The store of assembled traces, and the last part of its changelog's name. */
    public static final String TRACES = "traces";

    private static final String ASSEMBLE_TRACE = "assemble-trace";
    private static final String COLLECT_LOGS = "collect-logs";

    private AssemblerTopology() {}

    /**
     * The topology for a configuration.
     *
     * @param compactions runs what gives disk space back
     * @param searchBudget what the search indexes of all its stores may take of the heap
     * @param statsBudget the same for their statistics
     * @param recounts counts services anew after a start
     */
    public static Topology build(
            AssemblerConfig config,
            SettledOffsets settled,
            AssemblerMetrics metrics,
            Executor compactions,
            SearchBudget searchBudget,
            StatsBudget statsBudget,
            Executor recounts) {
        TraceStoreBuilder store = new TraceStoreBuilder(
                TRACES,
                config.window(),
                config.changelog(),
                config.rocksMemory(),
                compactions,
                searchBudget,
                statsBudget,
                recounts);
        return new Topology()
                .addSource(Topics.SPANS, new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.SPANS)
                .addProcessor(
                        ASSEMBLE_TRACE,
                        new AssembleTrace(
                                store, config.window(), config.traceIdle(), config.tailSampling(), settled, metrics),
                        Topics.SPANS)
                .addSink(
                        Topics.TRACES,
                        Topics.TRACES,
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        ASSEMBLE_TRACE)
                .addSource(Topics.LOGS, new ByteArrayDeserializer(), new ByteArrayDeserializer(), Topics.LOGS)
                .addProcessor(COLLECT_LOGS, new CollectLogs(store, settled, metrics), Topics.LOGS)
                .addSink(
                        Topics.DEAD_LETTER,
                        Topics.DEAD_LETTER,
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        ASSEMBLE_TRACE,
                        COLLECT_LOGS);
    }
}
