package dev.traced.ingest.publish;

import dev.traced.http.RateLimitedLog;
import dev.traced.ingest.body.ByteBudget;
import dev.traced.ingest.body.OverloadedException;
import dev.traced.topics.Topics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands batches to Kafka and says when all of a batch is acknowledged. What waits is bounded, and so is how long a
 * client waits. For use by any number of threads; a batch's future is completed by the producer's thread, or by the one
 * that watches the deadline.
 */
public final class SpanPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpanPublisher.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /**
     * What may wait, and for how long.
     *
     * @param inFlightBytes what may wait for Kafka's acknowledgement; a batch beyond it is refused for now
     * @param batchBytes the largest batch
     * @param ackTimeout how long a client waits for the acknowledgement
     */
    public record Limits(long inFlightBytes, int batchBytes, Duration ackTimeout) {}

    private final Producer<byte[], byte[]> producer;
    private final MeterRegistry metrics;
    private final Timer acknowledgement;
    private final ByteBudget inFlight;
    private final long ackTimeoutMs;
    private final KafkaPresence kafka = new KafkaPresence();
    private final Map<Integer, Long> lastOffsets = new ConcurrentHashMap<>();
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "publish-later");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean knowsTopic;
    private volatile Backlog backlog = Backlog.NONE;
    private final RateLimitedLog failures = new RateLimitedLog(System::nanoTime);

    /** Takes over the producer: it is closed with this. */
    public SpanPublisher(Producer<byte[], byte[]> producer, Limits limits, MeterRegistry metrics) {
        this.producer = producer;
        this.metrics = metrics;
        this.inFlight = new ByteBudget(limits.inFlightBytes());
        this.ackTimeoutMs = limits.ackTimeout().toMillis();
        this.acknowledgement = Timer.builder("traced.ingest.ack")
                .description("From handing a batch to the producer to the last acknowledgement")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(5))
                .register(metrics);
        Gauge.builder("traced.ingest.in.flight.bytes", inFlight::taken)
                .description("Bytes that wait for Kafka's acknowledgement")
                .register(metrics);
    }

    /** @param kafka how to reach Kafka, such as {@code bootstrap.servers} and security settings */
    public static SpanPublisher connect(Map<String, ?> kafka, Limits limits, MeterRegistry metrics) {
        return new SpanPublisher(new KafkaProducer<>(producerConfig(kafka, limits)), limits, metrics);
    }

    /** From now on batches are held back as this says. */
    public void follow(Backlog readers) {
        backlog = readers;
    }

    /**
     * Why nothing can be sent yet; empty once the producer knows the topic. Without asking, the first batch would wait for
     * that, and not always long enough.
     */
    public Optional<String> problem() {
        if (!knowsTopic) {
            try {
                producer.partitionsFor(Topics.SPANS); // throws if there is no such topic
                knowsTopic = true;
            } catch (KafkaException e) {
                return Optional.of("Kafka: " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** For each partition the offset of the last record that was acknowledged to this gateway. */
    public Map<Integer, Long> lastOffsets() {
        return Map.copyOf(lastOffsets);
    }

    static Map<String, Object> producerConfig(Map<String, ?> kafka, Limits limits) {
        int deliveryMs = (int) Math.max(500, limits.ackTimeout().toMillis() - 500);
        Map<String, Object> configs = new HashMap<>();
        configs.put(ProducerConfig.CLIENT_ID_CONFIG, "traced-gateway");
        configs.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        configs.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        configs.put(ProducerConfig.ACKS_CONFIG, "all");
        configs.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        configs.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        // Long enough to fill a batch under load, short enough not to be felt by whoever waits for the 202.
        configs.put(ProducerConfig.LINGER_MS_CONFIG, 2);
        configs.put(ProducerConfig.BATCH_SIZE_CONFIG, 128 * 1024);
        // More than we let in, so that our own limit answers at once and send() never waits for memory.
        configs.put(ProducerConfig.BUFFER_MEMORY_CONFIG, limits.inFlightBytes() + 2L * limits.batchBytes());
        // send() waits only for metadata that is missing; it holds an HTTP thread meanwhile.
        configs.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 500);
        // The producer gives up before our own deadline: then its reason is in the answer, not just "too late".
        configs.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deliveryMs);
        configs.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, deliveryMs / 2);
        configs.put(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 2_000);
        configs.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        configs.putAll(kafka);
        return configs;
    }

    /**
     * Sends the records of one batch. The future ends normally once all of them are acknowledged, else with an
     * {@link UnavailableException}; then some of them may be stored nevertheless.
     *
     * @throws OverloadedException if there is no room for them now
     * @throws UnavailableException if Kafka is known to be away
     */
    public CompletableFuture<Void> publish(List<ProducerRecord<byte[], byte[]>> records) {
        if (records.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        long bytes = size(records);
        KafkaPresence.Turn turn = kafka.turn();
        if (turn == KafkaPresence.Turn.REFUSED) {
            throw new UnavailableException("Kafka cannot be reached at the moment", null);
        }
        if (!inFlight.tryTake(bytes)) {
            if (turn == KafkaPresence.Turn.PROBE) {
                kafka.probeEnded();
            }
            throw new OverloadedException(
                    "too many spans wait for Kafka: " + inFlight.taken() + " bytes, no room for " + bytes + " more");
        }
        Batch batch = new Batch(records.get(0).topic(), records.size(), bytes, turn);
        long holdBackMs = backlog.holdBackMs();
        if (holdBackMs == 0) {
            send(records, batch);
        } else {
            later.schedule(() -> send(records, batch), holdBackMs, TimeUnit.MILLISECONDS);
        }
        return batch.answer;
    }

    private void send(List<ProducerRecord<byte[], byte[]>> records, Batch batch) {
        int sent = 0;
        try {
            while (sent < records.size() && !batch.acknowledged.isDone()) {
                var unused = producer.send(records.get(sent), batch);
                sent++;
            }
        } catch (RuntimeException e) {
            // The producer gave the record up without a call back: it has failed for good, or is closed.
            batch.acknowledged.completeExceptionally(e);
        }
        // What was not sent is never called back.
        batch.settle(records.size() - sent);
    }

    private static long size(List<ProducerRecord<byte[], byte[]>> records) {
        long bytes = 0;
        for (ProducerRecord<byte[], byte[]> record : records) {
            bytes += record.key().length + record.value().length;
        }
        return bytes;
    }

    /** Waits, bounded, until Kafka has what is in flight. */
    @Override
    public void close() {
        later.shutdown();
        producer.close(CLOSE_TIMEOUT);
    }

    /** The records of one request, until the last of them is called back. */
    private final class Batch implements Callback {
        private final CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        private final CompletableFuture<Void> answer;
        private final String topic;
        private final AtomicInteger unsettled;
        private final long bytes;
        private final KafkaPresence.Turn turn;
        private final Timer.Sample handedOver = Timer.start(metrics);

        Batch(String topic, int records, long bytes, KafkaPresence.Turn turn) {
            this.topic = topic;
            this.unsettled = new AtomicInteger(records);
            this.bytes = bytes;
            this.turn = turn;
            this.answer =
                    acknowledged.orTimeout(ackTimeoutMs, TimeUnit.MILLISECONDS).handle(this::end);
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure != null) {
                acknowledged.completeExceptionally(failure);
            } else {
                if (metadata != null && metadata.hasOffset() && metadata.topic().equals(Topics.SPANS)) {
                    lastOffsets.merge(metadata.partition(), metadata.offset(), Math::max);
                }
                // Even of a batch that failed or was too late: Kafka is there.
                kafka.succeeded();
            }
            settle(1);
        }

        /** The bytes stay taken until the producer has let go of every record, even if the client has its answer. */
        void settle(int records) {
            if (records == 0 || unsettled.addAndGet(-records) > 0) {
                return;
            }
            inFlight.giveBack(bytes);
            acknowledged.complete(null);
        }

        /** Runs once, whichever came first: the last acknowledgement, a failure or the deadline. */
        private @Nullable Void end(@Nullable Void none, @Nullable Throwable failure) {
            // Logs that cannot be written, for want of their topic perhaps, must not keep spans out.
            if (failure != null && topic.equals(Topics.SPANS) && isAbsence(failure)) {
                kafka.failed();
            }
            if (turn == KafkaPresence.Turn.PROBE) {
                kafka.probeEnded();
            }
            if (failure != null) {
                throw unavailable(failure);
            }
            handedOver.stop(acknowledgement);
            return null;
        }
    }

    /** Whether other batches will fare no better. A record that the broker refuses says nothing about the others. */
    private static boolean isAbsence(Throwable failure) {
        return failure instanceof RetriableException || failure instanceof TimeoutException;
    }

    private UnavailableException unavailable(Throwable failure) {
        String reason = failure instanceof TimeoutException
                ? "no acknowledgement within " + ackTimeoutMs + " ms"
                : String.valueOf(failure.getMessage());
        failures.log(more -> LOG.atWarn()
                .addKeyValue("topicName", Topics.SPANS)
                .addKeyValue("error", failure.getClass().getSimpleName())
                .addKeyValue("reason", reason)
                .addKeyValue("heldBack", more)
                .log("Kafka did not take a batch"));
        return new UnavailableException("Kafka did not take the spans: " + reason, failure);
    }
}
