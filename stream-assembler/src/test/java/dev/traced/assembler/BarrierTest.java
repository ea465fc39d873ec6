package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.stats.StatsBudget;
import dev.traced.assembler.store.PartitionStatus;
import dev.traced.assembler.store.SearchBudget;
import dev.traced.assembler.store.TraceStore;
import dev.traced.topics.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.query.PositionBound;
import org.apache.kafka.streams.query.QueryConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BarrierTest {
    @TempDir
    Path stateDir;

    private TopologyTestDriver driver;

    /** A query that comes between would pass the barrier and not see the spans. */
    @Test
    void barrier_passesARecordOnlyOnceItsSpansAreThere() {
        List<Long> appliedWhenCounted = new ArrayList<>();
        SimpleMeterRegistry metrics = new SimpleMeterRegistry() {
            @Override
            protected Counter newCounter(Meter.Id id) {
                return new CumulativeCounter(id) {
                    @Override
                    public void increment(double amount) {
                        if (id.getName().equals("traced.spans.stored")) {
                            appliedWhenCounted.add(applied()); // a record is counted while it is applied
                        }
                        super.increment(amount);
                    }
                };
            }
        };
        AssemblerConfig config = AssemblerTestDriver.config(stateDir);
        driver = new TopologyTestDriver(
                AssemblerTopology.build(
                        config,
                        new NothingSettled(),
                        new AssemblerMetrics(metrics),
                        Runnable::run,
                        SearchBudget.ofHeap(),
                        StatsBudget.ofHeap(),
                        Runnable::run),
                config.streams(),
                NOW);
        try (TopologyTestDriver closing = driver) {
            TestInputTopic<byte[], byte[]> spans =
                    closing.createInputTopic(Topics.SPANS, new ByteArraySerializer(), new ByteArraySerializer());
            for (int trace = 1; trace <= 3; trace++) {
                spans.pipeInput(TestSpans.trace(trace).toBytes(), value(List.of(root(trace, 1, 0))), NOW);
            }

            assertThat(appliedWhenCounted).containsExactly(-1L, 0L, 1L);
            assertThat(applied()).isEqualTo(2);
        }
    }

    private long applied() {
        TraceStore store = (TraceStore) driver.getStateStore(AssemblerTopology.TRACES);
        return store.query(new PartitionStatus(), PositionBound.unbounded(), new QueryConfig(false))
                .getResult()
                .applied();
    }
}
