package dev.traced.assembler;

import dev.traced.assembler.serving.LocalPartitionReader;
import dev.traced.assembler.stats.StatsBudget;
import dev.traced.assembler.store.SearchBudget;
import dev.traced.topics.Topics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of an assembler: starts the topology, replaces a stream thread that dies now and then, stops for good if they
 * keep dying, and closes within bounds.
 */
public final class StreamAssembler implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(StreamAssembler.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(7);
    private static final int REPLACED_TIMES = 5;
    private static final Duration REPLACED_WITHIN = Duration.ofMinutes(10);

    private final Admin admin;
    private final ExecutorService compactions;
    private final ExecutorService recounts;
    private final KafkaStreams streams;
    private final LocalPartitionReader reader;
    private final PartitionWatch watch;
    private final Deque<Long> deaths = new ArrayDeque<>();
    private final int threads;
    private final CompletableFuture<@Nullable Void> dead = new CompletableFuture<>();
    private volatile String fatal = "";
    private volatile boolean hasRun;

    /** @param nowNanos the wall clock, in Unix nanoseconds */
    public StreamAssembler(AssemblerConfig config, LongSupplier nowNanos, MeterRegistry registry) {
        threads = config.threads();
        admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000));
        compactions = background("compact-traces");
        recounts = background("count-services");
        SearchBudget searchBudget = SearchBudget.ofHeap();
        Gauge.builder("traced.store.index.bytes", searchBudget, SearchBudget::usedBytes)
                .description("Heap that the search indexes of all partitions take")
                .register(registry);
        StatsBudget statsBudget = StatsBudget.ofHeap();
        Gauge.builder("traced.store.stats.bytes", statsBudget, StatsBudget::usedBytes)
                .description("Heap that the statistics of services of all partitions take")
                .register(registry);
        AssemblerMetrics metrics = new AssemblerMetrics(registry);
        metrics.showVerdictsOf(config.tailSampling());
        Properties properties = config.streams();
        streams = new KafkaStreams(
                AssemblerTopology.build(
                        config,
                        new KafkaSettledOffsets(admin, config.applicationId()),
                        metrics,
                        compactions,
                        searchBudget,
                        statsBudget,
                        recounts),
                properties);
        streams.setUncaughtExceptionHandler(this::onDeath);
        reader = new LocalPartitionReader(streams, AssemblerTopology.TRACES);
        watch = new PartitionWatch(admin, reader, new PartitionGauges(registry), nowNanos);
    }

    private static ExecutorService background(String name) {
        return Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    public void start() {
        streams.start();
        watch.start();
    }

    /** Runs this, on another thread, when the assembler has stopped for good: whoever watches the process can then replace it. */
    public void whenDead(Runnable action) {
        dead.thenRunAsync(action);
    }

    /** Reads the partitions of this process. */
    public LocalPartitionReader reader() {
        return reader;
    }

    /** The doors of all assemblers of the group, as far as known here. */
    public List<String> peers() {
        return streams.metadataForAllStreamsClients().stream()
                .map(client -> address(client.hostInfo()))
                .sorted()
                .collect(Collectors.toList());
    }

    private static String address(HostInfo host) {
        boolean isIpv6 = host.host().contains(":") && !host.host().startsWith("[");
        return (isIpv6 ? "[" + host.host() + "]" : host.host()) + ":" + host.port();
    }

    /**
     * Why this assembler is not well; empty if it is. Rebalancing and restoring are part of a healthy life once it has run.
     */
    public Optional<String> problem() {
        if (!fatal.isEmpty()) {
            return Optional.of("the assembler has stopped: " + fatal);
        }
        KafkaStreams.State state = streams.state();
        hasRun |= state == KafkaStreams.State.RUNNING;
        return hasRun && state.isRunningOrRebalancing()
                ? Optional.empty()
                : Optional.of("the assembler is " + state + " on topic " + Topics.SPANS);
    }

    private synchronized StreamThreadExceptionResponse onDeath(Throwable cause) {
        long now = System.nanoTime();
        deaths.addLast(now);
        while (now - deaths.getFirst() > REPLACED_WITHIN.toNanos()) {
            deaths.removeFirst();
        }
        if (deaths.size() > REPLACED_TIMES * threads) {
            LOGGER.error("stream threads keep dying; the assembler stops", cause);
            fatal = cause.toString();
            dead.complete(null);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        LOGGER.warn("a stream thread died and is replaced", cause);
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** Stops reading, commits, and leaves the group so that others take over at once. */
    @Override
    public void close() {
        watch.close();
        boolean clean = streams.close(CloseOptions.timeout(CLOSE_WITHIN)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        if (!clean) {
            LOGGER.warn("the assembler did not stop within {}; what it had not committed is read again", CLOSE_WITHIN);
        }
        compactions.shutdownNow();
        recounts.shutdownNow();
        admin.close(Duration.ofSeconds(2));
    }
}
