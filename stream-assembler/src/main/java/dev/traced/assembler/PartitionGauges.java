package dev.traced.assembler;

import dev.traced.assembler.store.PartitionStatus;
import dev.traced.assembler.store.StoreSize;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far the partitions of this process lag behind topic {@code spans}, and how large their stores are. Taken now and then
 * and not by each scrape, which must not wait for a broker. A partition that has left has no gauges. Not thread-safe.
 */
final class PartitionGauges {
    private static final String PARTITION = "partition";

    private final MultiGauge lagRecords;
    private final MultiGauge lagSeconds;
    private final MultiGauge traces;
    private final MultiGauge diskBytes;
    private final MultiGauge memoryBytes;
    private final AtomicLong cacheBytes = new AtomicLong();

    /** When each partition was last seen without lag, Unix milliseconds. */
    private Map<Integer, Long> caughtUpMs = Map.of();

    PartitionGauges(MeterRegistry registry) {
        lagRecords = MultiGauge.builder("traced.assembly.lag.records")
                .description("Records of topic spans that a partition of this process has yet to apply")
                .register(registry);
        lagSeconds = MultiGauge.builder("traced.assembly.lag.seconds")
                .description("For how long the oldest of them has waited at most; absent until one has been applied")
                .register(registry);
        traces = MultiGauge.builder("traced.store.traces")
                .description("Listed traces, those that have expired and are not evicted yet included")
                .register(registry);
        diskBytes = MultiGauge.builder("traced.store.disk.bytes")
                .description("Files of a partition's RocksDB")
                .register(registry);
        memoryBytes = MultiGauge.builder("traced.store.memory.bytes")
                .description("What a partition's RocksDB has not written to disk yet")
                .register(registry);
        Gauge.builder("traced.store.cache.bytes", cacheBytes, AtomicLong::get)
                .description("Memory of all RocksDBs together: blocks read, and what is not on disk yet")
                .register(registry);
    }

    /**
     * Takes the lag.
     *
     * @param ends the offset after the last record of each partition, as it was before the statuses were asked for
     * @param statuses of the partitions that are active here
     * @param nowMs Unix milliseconds
     */
    void lag(Map<Integer, Long> ends, Map<Integer, PartitionStatus.Status> statuses, long nowMs) {
        List<Row<?>> records = new ArrayList<>();
        List<Row<?>> seconds = new ArrayList<>();
        Map<Integer, Long> caughtUp = new HashMap<>();
        statuses.forEach((partition, status) -> {
            Long end = ends.get(partition);
            if (end == null) {
                return;
            }
            long lag = Math.max(0, end - 1 - status.applied());
            long lastWithout = lag == 0 ? nowMs : caughtUpMs.getOrDefault(partition, 0L);
            Tags tags = tags(partition);
            records.add(Row.of(tags, lag));
            // What waits came after the record applied last, and after it was seen that nothing waited.
            long sinceMs = Math.max(status.appliedMs(), lastWithout);
            if (sinceMs > 0) {
                caughtUp.put(partition, lastWithout);
                seconds.add(Row.of(tags, lag == 0 ? 0.0 : Math.max(0, nowMs - sinceMs) / 1e3));
            }
        });
        caughtUpMs = caughtUp;
        lagRecords.register(records, true);
        lagSeconds.register(seconds, true);
    }

    /** Takes the sizes of the stores, standbys among them. */
    void sizes(Map<Integer, StoreSize.Size> sizes) {
        List<Row<?>> listed = new ArrayList<>();
        List<Row<?>> disk = new ArrayList<>();
        List<Row<?>> memory = new ArrayList<>();
        sizes.forEach((partition, size) -> {
            listed.add(Row.of(tags(partition), size.traces()));
            disk.add(Row.of(tags(partition), size.diskBytes()));
            memory.add(Row.of(tags(partition), size.memoryBytes()));
            cacheBytes.set(size.cacheBytes()); // the same for all
        });
        traces.register(listed, true);
        diskBytes.register(disk, true);
        memoryBytes.register(memory, true);
    }

    private static Tags tags(int partition) {
        return Tags.of(PARTITION, Integer.toString(partition));
    }
}
