package dev.traced.query;

import dev.traced.http.Bulkhead;
import dev.traced.http.HttpProblem;
import dev.traced.model.TraceFilter;
import dev.traced.topics.Topics;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /traces/live}: the traces that close from now on, or after the event whose id the client brings, as
 * server-sent events. Each client has a thread and a Kafka consumer of its own, and there are only so many. For use by
 * any number of threads.
 *
 * <p>Javalin's own support for server-sent events answers 200 before a request can be refused, and only to who asks for
 * {@code text/event-stream}, which curl does not.
 */
public final class LiveRoutes implements AutoCloseable {
    /** So many clients at a time. */
    public static final int MAX_TAILS = 16;

    /** A client that has gone is noticed by the second at the latest. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);

    /** Where the header cannot be set. */
    private static final String LAST_EVENT_ID_PARAMETER = "last_event_id";

    private static final String LAST_EVENT_ID_HEADER = "Last-Event-ID";
    private static final Duration KAFKA_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration END_WITHIN = Duration.ofSeconds(1);
    private static final Duration CLOSE_WITHIN = Duration.ofMillis(500);

    /** A record that is larger comes alone. */
    private static final int FETCH_BYTES = 512 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(LiveRoutes.class);

    private final String bootstrapServers;
    private final Admin admin;
    private final Duration heartbeat;
    private final Bulkhead bulkhead = new Bulkhead("live-tail", MAX_TAILS, 0);
    private final Semaphore places = new Semaphore(MAX_TAILS);
    private final Semaphore largeTraces = new Semaphore(1);
    private final AtomicLong started = new AtomicLong();

    /** Of each tail under way, until its consumer is closed, that and its thread. */
    private final Map<Consumer<byte[], byte[]>, Thread> tails = new ConcurrentHashMap<>();

    private volatile boolean isClosed;

    /** @param admin stays the caller's */
    public LiveRoutes(String bootstrapServers, Admin admin, MeterRegistry registry) {
        this(bootstrapServers, admin, HEARTBEAT, registry);
    }

    /** @param heartbeat how often a client is written to that there is nothing for */
    public LiveRoutes(String bootstrapServers, Admin admin, Duration heartbeat, MeterRegistry registry) {
        this.bootstrapServers = bootstrapServers;
        this.admin = admin;
        this.heartbeat = heartbeat;
        Gauge.builder("traced.live.tails", tails, Map::size)
                .description("Clients that follow the traces as they close")
                .register(registry);
    }

    /** Adds the route to a server; before {@link QueryRoutes}, which would take it for a trace id. */
    public void install(JavalinConfig config) {
        config.routes.get("/traces/live", bulkhead.around(this::answer));
    }

    private void answer(Context ctx) throws InterruptedException {
        QueryEncoding.require(ctx);
        TraceFilter filter = FilterParameters.read(ctx);
        if (isClosed || !places.tryAcquire()) {
            throw new HttpProblem(503, isClosed ? "the server is stopping" : "too many live tails at a time");
        }
        Consumer<byte[], byte[]> consumer = null;
        try {
            consumer = connect();
            tails.put(consumer, Thread.currentThread());
            if (!isClosed) {
                follow(ctx, filter, consumer);
            }
        } catch (WakeupException e) {
            LOG.atDebug().log("a live tail ends with the server");
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("the client of a live tail has gone");
        } catch (KafkaException e) {
            if (!ctx.res().isCommitted()) {
                throw new HttpProblem(503, "Kafka cannot be read: " + e.getMessage());
            }
            LOG.atWarn().setCause(e).log("a live tail ends");
        } finally {
            if (consumer != null) {
                close(consumer);
                tails.remove(consumer);
            }
            places.release();
        }
    }

    private void follow(Context ctx, TraceFilter filter, Consumer<byte[], byte[]> consumer)
            throws IOException, InterruptedException {
        LiveTail tail = new LiveTail(consumer, filter, position(ctx, consumer), heartbeat, largeTraces);
        ctx.contentType("text/event-stream").header(Header.CACHE_CONTROL, "no-store");
        ctx.header("X-Accel-Buffering", "no"); // or nginx keeps events until it has a page of them
        // Not the stream of the context, which would compress.
        tail.run(new EventStream(ctx.res().getOutputStream()));
    }

    /** Where the client wants to go on; without its saying so, now. */
    private TailPosition position(Context ctx, Consumer<byte[], byte[]> consumer) throws InterruptedException {
        TopicDescription traces = describe();
        List<TopicPartition> partitions = traces.partitions().stream()
                .map(partition -> new TopicPartition(Topics.TRACES, partition.partition()))
                .toList();
        long[] ends = new long[partitions.size()];
        consumer.endOffsets(partitions).forEach((partition, end) -> ends[partition.partition()] = end);
        String topicId = traces.topicId().toString();
        String named = ctx.header(LAST_EVENT_ID_HEADER) != null ? LAST_EVENT_ID_HEADER : LAST_EVENT_ID_PARAMETER;
        String id = ctx.header(LAST_EVENT_ID_HEADER);
        if (id == null) {
            id = ctx.queryParam(LAST_EVENT_ID_PARAMETER);
        }
        if (id == null) {
            return new TailPosition(topicId, ends);
        }
        try {
            return TailPosition.parse(id, topicId, ends);
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, named + " " + e.getMessage() + ", was \"" + QueryRoutes.shortened(id) + "\"");
        }
    }

    private TopicDescription describe() throws InterruptedException {
        try {
            return admin.describeTopics(List.of(Topics.TRACES))
                    .allTopicNames()
                    .get(KAFKA_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .values()
                    .iterator()
                    .next();
        } catch (ExecutionException | TimeoutException e) {
            throw new HttpProblem(503, "Kafka does not say where topic " + Topics.TRACES + " is");
        }
    }

    /** Of no group, since every client gets everything; and it holds little, since what is not asked for stays in Kafka. */
    private Consumer<byte[], byte[]> connect() {
        return new KafkaConsumer<>(
                Map.ofEntries(
                        Map.entry(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                        Map.entry(ConsumerConfig.CLIENT_ID_CONFIG, "live-tail-" + started.incrementAndGet()),
                        Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false),
                        Map.entry(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false),
                        Map.entry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none"),
                        Map.entry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100),
                        Map.entry(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES),
                        Map.entry(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES),
                        Map.entry(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) KAFKA_TIMEOUT.toMillis()),
                        Map.entry(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) KAFKA_TIMEOUT.toMillis()),
                        Map.entry(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500),
                        Map.entry(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static void close(Consumer<byte[], byte[]> consumer) {
        boolean wasInterrupted = Thread.interrupted(); // or it would not close
        try {
            consumer.close(CloseOptions.timeout(CLOSE_WITHIN));
        } catch (KafkaException e) {
            LOG.atDebug().setCause(e).log("a live tail's consumer did not close cleanly");
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends all tails, those too whose clients do not read, and takes no more. To be called before the server stops. */
    @Override
    public void close() {
        isClosed = true;
        tails.keySet().forEach(Consumer::wakeup);
        try {
            if (!places.tryAcquire(MAX_TAILS, END_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                tails.values().forEach(Thread::interrupt);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
