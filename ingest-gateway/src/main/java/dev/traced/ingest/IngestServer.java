package dev.traced.ingest;

import dev.traced.http.HttpEdge;
import dev.traced.ingest.publish.SpanPublisher;
import dev.traced.ingest.receive.Receiver;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The gateway as a process of its own: takes spans in, passes questions on to the query service, says how it is. For
 * use by the thread that starts and closes it.
 */
public final class IngestServer implements AutoCloseable {
    private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(10);
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final SpanPublisher publisher;
    private final KafkaHealth kafka;
    private final QueryForwarder query;
    private final TailForwarder tails;
    private final PrometheusMeterRegistry metrics;
    private final Javalin server;

    /** Takes over the publisher: it is closed with this. */
    public IngestServer(
            Receiver spans,
            SpanPublisher publisher,
            KafkaHealth kafka,
            URI queryService,
            PrometheusMeterRegistry metrics,
            HttpEdge.Settings edge) {
        this.publisher = publisher;
        this.kafka = kafka;
        this.query = new QueryForwarder(queryService, QUERY_TIMEOUT);
        this.tails = new TailForwarder(queryService);
        this.metrics = metrics;
        this.server = HttpEdge.create(edge, config -> {
            new IngestRoutes(spans).install(config);
            installOwnRoutes(config);
        });
    }

    /** Listens; port 0 takes a free one, see {@link #port}. */
    public IngestServer start(String host, int port) {
        HttpEdge.start(server, host, port);
        return this;
    }

    public int port() {
        return server.port();
    }

    /** Stops listening, lets the requests under way end, and then what they handed to Kafka arrive; all bounded. */
    @Override
    public void close() {
        tails.close();
        HttpEdge.stop(server);
        publisher.close();
    }

    private void installOwnRoutes(JavalinConfig config) {
        config.routes.get("/traces", query);
        config.routes.get("/traces/live", tails);
        config.routes.get("/traces/<rest>", query);
        config.routes.get("/api/v3/<rest>", query);
        config.routes.get("/logs", query);
        config.routes.get("/services", query);
        config.routes.get("/services/<rest>", query);
        config.routes.get("/stats", query);
        config.routes.get("/dependencies", query);
        config.routes.get("/compare", query);
        for (String path : List.of(
                "/",
                "/favicon.ico",
                "/ui/<rest>",
                "/ui-{version}/<rest>",
                "/_static/<rest>",
                "/webjars/<rest>",
                "/openapi.json",
                "/docs")) {
            config.routes.get(path, query);
            config.routes.head(path, query);
        }
        config.routes.get("/health", this::health);
        config.routes.get("/metrics", ctx -> ctx.contentType(PROMETHEUS_TEXT).result(metrics.scrape()));
    }

    private void health(Context ctx) {
        Optional<String> problem = kafka.problem().or(publisher::problem).or(query::problem);
        if (problem.isPresent()) {
            HttpEdge.unavailable(ctx, problem.get());
        } else {
            ctx.result("{\"status\":\"ok\"}");
        }
    }
}
