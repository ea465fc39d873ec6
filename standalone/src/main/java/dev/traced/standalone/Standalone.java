package dev.traced.standalone;

import dev.traced.assembler.AssemblerConfig;
import dev.traced.assembler.StreamAssembler;
import dev.traced.assembler.sampling.TailSampling;
import dev.traced.http.HttpEdge;
import dev.traced.ingest.IngestRoutes;
import dev.traced.ingest.KafkaHealth;
import dev.traced.ingest.publish.SpanPublisher;
import dev.traced.ingest.receive.IngestConfig;
import dev.traced.ingest.receive.IngestMetrics;
import dev.traced.ingest.receive.Receiver;
import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.model.RollingWindow;
import dev.traced.query.ExploreRoutes;
import dev.traced.query.JaegerRoutes;
import dev.traced.query.LiveRoutes;
import dev.traced.query.LogRoutes;
import dev.traced.query.PartitionOwners;
import dev.traced.query.QueryRoutes;
import dev.traced.query.ServiceRoutes;
import dev.traced.query.TraceReader;
import dev.traced.query.TraceReads;
import dev.traced.query.web.ApiDescriptionRoutes;
import dev.traced.query.web.DashboardRoutes;
import dev.traced.topics.Topics;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All services in one process, on one port, with an embedded broker unless told of another; wiring only. */
final class Standalone implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Standalone.class);
    static final Duration READ_TIMEOUT = Duration.ofSeconds(2);
    static final long ROCKS_BYTES = 256L << 20;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private @Nullable Javalin server;
    private String bootstrapServers = "";

    /**
     * What to start.
     *
     * @param bootstrapServers null for an embedded broker
     * @param kafkaPort of the embedded broker, 0 for a free one
     */
    record Config(
            Path dataDirectory,
            String host,
            int port,
            RollingWindow window,
            Duration traceIdle,
            SamplingRates sampling,
            TailSampling tailSampling,
            int partitions,
            @Nullable String bootstrapServers,
            int kafkaPort,
            Settings.Receiving receiving) {}

    /** Starts everything; it can be asked for its health from then on. */
    static Standalone start(Config config) throws IOException, InterruptedException {
        Standalone standalone = new Standalone();
        try {
            standalone.open(config);
            return standalone;
        } catch (IOException | InterruptedException | RuntimeException e) {
            standalone.close();
            throw e;
        }
    }

    private void open(Config config) throws IOException, InterruptedException {
        DataDirectory data = closing(DataDirectory.hold(config.dataDirectory()));
        bootstrapServers = config.bootstrapServers() != null
                ? config.bootstrapServers()
                : closing(EmbeddedKafka.start(data.kafka(), config.kafkaPort())).bootstrapServers();
        Admin admin = Provisioning.admin(bootstrapServers);
        parts.push(() -> admin.close(Duration.ofSeconds(1)));
        Provisioning.provision(admin, bootstrapServers, config.partitions(), Topics.BROKERS_DEFAULT, config.window());

        PrometheusMeterRegistry metrics = Metrics.registry();
        AssemblerConfig assembling = new AssemblerConfig(
                bootstrapServers,
                data.streams(),
                data.instanceId(),
                "127.0.0.1:" + config.port(),
                config.window(),
                config.traceIdle(),
                Topics.BROKERS_DEFAULT,
                0,
                Math.min(2, config.partitions()),
                ROCKS_BYTES,
                config.tailSampling());
        data.forgetStateOfOthersThan(assembling.applicationId());
        StreamAssembler assembler = closing(new StreamAssembler(assembling, WallClock::nowNanos, metrics));
        assembler.whenDead(Running::fail);
        assembler.start();

        IngestConfig ingest = IngestConfig.withDefaults(config.window()).withSampling(config.sampling());
        IngestMetrics ingestMetrics = new IngestMetrics(metrics);
        SpanPublisher publisher = closing(SpanPublisher.connect(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers), ingest.publishing(), metrics));
        TraceReader traces = closing(new TraceReader(admin, PartitionOwners.only(assembler.reader()), READ_TIMEOUT));
        publisher.follow(closing(new AssemblerBacklog(publisher, assembler.reader())));
        KafkaHealth kafka = new KafkaHealth(admin);
        Receiver receiver = new Receiver(ingest, publisher, ingestMetrics, WallClock::nowNanos);
        IngestRoutes posts = new IngestRoutes(receiver);
        TraceReads reads = new TraceReads(traces, WallClock::nowNanos, metrics);
        LiveRoutes live = new LiveRoutes(bootstrapServers, admin, metrics);
        HttpEdge.Settings edge =
                HttpEdge.Settings.defaults().withFurtherPorts(config.receiving().httpPorts());
        Javalin http = HttpEdge.create(edge, routes -> {
            posts.install(routes);
            live.install(routes);
            new ExploreRoutes(reads).install(routes);
            new QueryRoutes(reads).install(routes);
            new JaegerRoutes(reads).install(routes);
            new LogRoutes(reads).install(routes);
            new ServiceRoutes(reads).install(routes);
            new DashboardRoutes().install(routes);
            new ApiDescriptionRoutes().install(routes);
            routes.routes.get("/health", ctx -> health(ctx, kafka, publisher, assembler, traces));
            routes.routes.get("/metrics", ctx -> ctx.contentType(Metrics.TEXT).result(metrics.scrape()));
        });
        server = HttpEdge.start(http, config.host(), config.port());
        parts.push(() -> HttpEdge.stop(http));
        closing(live); // or the server would wait for their ends
        config.receiving().startGrpc(config.host(), receiver).ifPresent(parts::push);
    }

    private static void health(
            Context ctx, KafkaHealth kafka, SpanPublisher publisher, StreamAssembler assembler, TraceReader traces)
            throws InterruptedException {
        Optional<String> problem = kafka.problem().or(publisher::problem).or(assembler::problem);
        if (problem.isEmpty()) {
            problem = traces.problem();
        }
        if (problem.isPresent()) {
            HttpEdge.unavailable(ctx, problem.get());
        } else {
            ctx.contentType(HttpEdge.JSON).result("{\"status\":\"ok\"}");
        }
    }

    private <T extends AutoCloseable> T closing(T part) {
        parts.push(part);
        return part;
    }

    int port() {
        return server == null ? 0 : server.port();
    }

    /** Each route that it serves, as {@code GET /traces/{trace_id}}. */
    List<String> routes() {
        return server == null
                ? List.of()
                : server.unsafe.internalRouter.allHttpHandlers().stream()
                        .filter(route -> route.endpoint.method.isHttpMethod())
                        .map(route -> route.endpoint.method + " " + route.endpoint.path)
                        .toList();
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** Stops the parts in the reverse of the order they were started in: first nothing comes in, last the broker goes. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOGGER.warn("a part did not stop cleanly", e);
            }
        }
    }
}
