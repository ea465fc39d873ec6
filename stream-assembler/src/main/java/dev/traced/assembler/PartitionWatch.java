package dev.traced.assembler;

import dev.traced.assembler.serving.LocalPartitionReader;
import dev.traced.assembler.store.PartitionStatus;
import dev.traced.model.NotReadableException;
import dev.traced.topics.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the partitions of this process every two seconds, on a thread of its own, for {@link PartitionGauges}. */
final class PartitionWatch implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(PartitionWatch.class);
    private static final long LOOK_EVERY_MS = 2_000;
    private static final long ANSWER_WITHIN_MS = 5_000;

    private final Admin admin;
    private final LocalPartitionReader reader;
    private final PartitionGauges gauges;
    private final LongSupplier nowNanos;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "watch-partitions");
        thread.setDaemon(true);
        return thread;
    });

    /** @param nowNanos the wall clock, in Unix nanoseconds */
    PartitionWatch(Admin admin, LocalPartitionReader reader, PartitionGauges gauges, LongSupplier nowNanos) {
        this.admin = admin;
        this.reader = reader;
        this.gauges = gauges;
        this.nowNanos = nowNanos;
    }

    void start() {
        looks.scheduleWithFixedDelay(this::look, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            gauges.sizes(reader.sizes());
            Map<Integer, Long> ends = ends(reader.statuses());
            gauges.lag(ends, reader.statuses(), TimeUnit.NANOSECONDS.toMillis(nowNanos.getAsLong()));
        } catch (NotReadableException | ExecutionException | TimeoutException e) {
            LOGGER.atDebug().setCause(e).log("partitions are moving, or the brokers do not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) { // a schedule that throws is never run again
            LOGGER.warn("the state of the partitions is not known", e);
        }
    }

    private Map<Integer, Long> ends(Map<Integer, PartitionStatus.Status> active)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        active.keySet()
                .forEach(partition -> latest.put(new TopicPartition(Topics.SPANS, partition), OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> answers = latest.isEmpty()
                ? Map.of()
                : admin.listOffsets(latest).all().get(ANSWER_WITHIN_MS, TimeUnit.MILLISECONDS);
        Map<Integer, Long> ends = new HashMap<>();
        answers.forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
        return ends;
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
