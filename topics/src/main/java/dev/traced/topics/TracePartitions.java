package dev.traced.topics;

import dev.traced.model.TraceId;
import org.apache.kafka.common.utils.Utils;

/**
 * Which partition a trace lives in: murmur2 of the 16 id bytes, as the producer's default partitioner does. Computed by
 * ourselves and not asked of Kafka Streams, whose answer depends on how many instances it can see (KAFKA-20886).
 */
public final class TracePartitions {
    private TracePartitions() {}

    public static int partition(TraceId traceId, int partitions) {
        return Utils.toPositive(Utils.murmur2(traceId.toBytes())) % partitions;
    }
}
