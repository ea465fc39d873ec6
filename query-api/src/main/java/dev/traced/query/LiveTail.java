package dev.traced.query;

import dev.traced.http.RateLimitedLog;
import dev.traced.model.TraceFilter;
import dev.traced.topics.Topics;
import dev.traced.topics.TraceEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The closed traces from a position on, as they come, to one client. It asks Kafka for more once the client has taken what
 * there was: for a client that reads slowly nothing piles up here, it gets older events, until Kafka no longer has them.
 * Used by one thread.
 */
final class LiveTail {
    private static final Logger LOG = LoggerFactory.getLogger(LiveTail.class);
    private static final RateLimitedLog STRANGE = new RateLimitedLog(System::nanoTime);

    private final Consumer<byte[], byte[]> consumer;
    private final TraceFilter filter;
    private final TailPosition position;
    private final Duration heartbeat;
    private final Semaphore largeTraces;
    private final List<TraceParts> parts;
    private final List<TopicPartition> partitions;

    /**
     * @param heartbeat how often something is sent, be it nothing
     * @param largeTraces how many traces in parts all tails together may have in memory at a time
     */
    LiveTail(
            Consumer<byte[], byte[]> consumer,
            TraceFilter filter,
            TailPosition position,
            Duration heartbeat,
            Semaphore largeTraces) {
        this.consumer = consumer;
        this.filter = filter;
        this.position = position;
        this.heartbeat = heartbeat;
        this.largeTraces = largeTraces;
        this.parts = IntStream.range(0, position.partitions())
                .mapToObj(partition -> new TraceParts())
                .toList();
        this.partitions = IntStream.range(0, position.partitions())
                .mapToObj(partition -> new TopicPartition(Topics.TRACES, partition))
                .toList();
        consumer.assign(partitions);
        partitions.forEach(partition -> consumer.seek(partition, position.from(partition.partition())));
    }

    /** Records of a partition that Kafka no longer has; {@code end} is the first that it does. */
    record Missing(int partition, long first, long end) {}

    /**
     * Sends what comes, until Kafka no longer knows where the tail has come to.
     *
     * @throws IOException once the client has gone
     * @throws org.apache.kafka.common.errors.WakeupException once the consumer is woken up
     */
    void run(EventStream out) throws IOException, InterruptedException {
        skipMissing(out);
        out.begin(position);
        while (true) {
            try {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(heartbeat)) {
                    take(record, out);
                }
            } catch (OffsetOutOfRangeException e) {
                if (!skipMissing(out)) {
                    return; // the topic was cut off or made anew: who comes back is told that the position never was
                }
            }
            if (out.silentNanos() >= heartbeat.toNanos()) {
                out.heartbeat(position);
            } else {
                out.flush();
            }
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, EventStream out) throws IOException, InterruptedException {
        int partition = record.partition();
        boolean isNew = record.offset() >= position.next(partition);
        ClosedTrace trace = null;
        try {
            TraceEvent event = TraceEvent.read(record.key(), record.headers(), record.value());
            boolean isWhole = event.parts() == 1;
            long first = isWhole ? record.offset() : parts.get(partition).add(event, record.offset());
            if (isNew && first >= 0) {
                trace = isWhole ? whole(event, record) : gathered(event, record, first, out);
            }
        } catch (IllegalArgumentException e) {
            logStrange(record, e);
        }
        long next = record.offset() + 1;
        position.moveTo(partition, next, parts.get(partition).readFrom(next));
        if (trace != null) {
            ByteArrayOutputStream json = new ByteArrayOutputStream(512);
            TraceJson.write(trace, json);
            out.send(trace.kind().name().toLowerCase(Locale.ROOT), position, json);
        }
    }

    private static void logStrange(ConsumerRecord<byte[], byte[]> record, IllegalArgumentException e) {
        STRANGE.log(more -> LOG.atWarn()
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("heldBack", more)
                .setCause(e)
                .log("a record of topic traces is not one of ours"));
    }

    private @Nullable ClosedTrace whole(TraceEvent event, ConsumerRecord<byte[], byte[]> record) {
        ClosedTrace.Builder trace = new ClosedTrace.Builder(filter, event.spanCount());
        trace.add(record.value());
        return trace.build(event);
    }

    /** Reads the parts of a trace again, now that the last has come: until then they need not be held. */
    private @Nullable ClosedTrace gathered(
            TraceEvent last, ConsumerRecord<byte[], byte[]> record, long first, EventStream out)
            throws IOException, InterruptedException {
        TopicPartition partition = partitions.get(record.partition());
        List<TopicPartition> others = new ArrayList<>(partitions);
        others.remove(partition);
        long resumeAt = consumer.position(partition);
        largeTraces.acquire();
        try {
            consumer.pause(others);
            consumer.seek(partition, first);
            ClosedTrace.Builder trace = new ClosedTrace.Builder(filter, last.spanCount());
            if (hasAdded(trace, last, partition, record.offset())) {
                return trace.build(last);
            }
        } catch (OffsetOutOfRangeException e) {
            LOG.atDebug().setCause(e).log("a trace expired while its parts were read");
        } finally {
            largeTraces.release();
            consumer.seek(partition, resumeAt);
            consumer.resume(others);
        }
        position.moveTo(record.partition(), record.offset() + 1, record.offset() + 1);
        sendGap(List.of(new Missing(record.partition(), first, record.offset() + 1)), out);
        return null;
    }

    /** Whether all parts were there, the last of them at offset {@code lastAt}. */
    private boolean hasAdded(ClosedTrace.Builder trace, TraceEvent last, TopicPartition partition, long lastAt) {
        int added = 0;
        while (added < last.parts() && consumer.position(partition) <= lastAt) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(heartbeat)) {
                boolean isOfTrace = Arrays.equals(record.key(), last.traceId().toBytes());
                if (record.offset() <= lastAt
                        && isOfTrace
                        && TraceEvent.read(record.key(), record.headers(), record.value())
                                        .part()
                                == added + 1) {
                    trace.add(record.value());
                    added++;
                }
            }
        }
        return added == last.parts();
    }

    /** Tells of what Kafka no longer has, and goes on behind it. */
    private boolean skipMissing(EventStream out) throws IOException {
        List<Missing> missing = new ArrayList<>();
        boolean isBehind = false;
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        for (TopicPartition partition : partitions) {
            int number = partition.partition();
            long begin = begins.getOrDefault(partition, 0L);
            if (consumer.position(partition) < begin) {
                consumer.seek(partition, begin);
                isBehind = true;
            }
            if (position.next(number) < begin) {
                missing.add(new Missing(number, position.next(number), begin));
                position.moveTo(number, begin, begin);
            }
        }
        if (!missing.isEmpty()) {
            sendGap(missing, out);
        }
        return isBehind;
    }

    private void sendGap(List<Missing> missing, EventStream out) throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream(128);
        TraceJson.write(missing, json);
        out.send("gap", position, json);
    }
}
