package dev.traced.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.model.TraceId;
import java.util.Random;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class TracePartitionsTest {
    @Test
    void partition_isTheOneTheProducerChooses() {
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            TraceId trace = new TraceId(random.nextLong(), random.nextLong());
            int partitions = 1 + random.nextInt(64);

            assertThat(TracePartitions.partition(trace, partitions))
                    .isEqualTo(BuiltInPartitioner.partitionForKey(trace.toBytes(), partitions));
        }
    }
}
