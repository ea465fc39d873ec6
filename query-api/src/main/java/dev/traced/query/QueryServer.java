package dev.traced.query;

import dev.traced.http.HttpEdge;
import dev.traced.http.HttpProblem;
import dev.traced.query.web.ApiDescriptionRoutes;
import dev.traced.query.web.DashboardRoutes;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The query service as a process of its own. */
public final class QueryServer implements AutoCloseable {
    private final TraceReader traces;
    private final LiveRoutes live;
    private final Javalin server;

    /** Takes over the reader and the tails: they are closed with this. */
    public QueryServer(TraceReader traces, LiveRoutes live, LongSupplier nowNanos, PrometheusMeterRegistry metrics) {
        this.traces = traces;
        this.live = live;
        TraceReads reads = new TraceReads(traces, nowNanos, metrics);
        this.server = HttpEdge.create(HttpEdge.Settings.defaults(), config -> {
            live.install(config);
            new ExploreRoutes(reads).install(config);
            new QueryRoutes(reads).install(config);
            new JaegerRoutes(reads).install(config);
            new LogRoutes(reads).install(config);
            new ServiceRoutes(reads).install(config);
            new DashboardRoutes().install(config);
            new ApiDescriptionRoutes().install(config);
            config.routes.get("/health", this::health);
            config.routes.get("/metrics", ctx -> ctx.contentType("text/plain; version=0.0.4; charset=utf-8")
                    .result(metrics.scrape()));
        });
    }

    private void health(Context ctx) throws InterruptedException {
        Optional<String> problem = traces.problem();
        if (problem.isPresent()) {
            throw new HttpProblem(503, problem.get());
        }
        ctx.contentType(HttpEdge.JSON).result("{\"status\":\"ok\"}");
    }

    /** Listens; port 0 takes a free one. */
    public int start(String host, int port) {
        HttpEdge.start(server, host, port);
        return server.port();
    }

    @Override
    public void close() {
        live.close();
        HttpEdge.stop(server);
        traces.close();
    }
}
