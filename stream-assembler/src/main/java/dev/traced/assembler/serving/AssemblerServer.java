package dev.traced.assembler.serving;

import dev.traced.http.HttpEdge;
import dev.traced.http.HttpProblem;
import dev.traced.model.CompareQuery;
import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import dev.traced.model.NotReadableException;
import dev.traced.model.OverviewQuery;
import dev.traced.model.PartitionReader;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceDroppedException;
import dev.traced.model.TraceId;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceTooLargeException;
import dev.traced.model.TraitSample;
import dev.traced.topics.CompareQueryForm;
import dev.traced.topics.DroppedTraceJson;
import dev.traced.topics.LogPageFrames;
import dev.traced.topics.OverviewQueryForm;
import dev.traced.topics.StatsPageJson;
import dev.traced.topics.StatsQueryForm;
import dev.traced.topics.TraceOverviewJson;
import dev.traced.topics.TracePageJson;
import dev.traced.topics.TraceQueryForm;
import dev.traced.topics.TraitSampleJson;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The internal door of an assembler: a {@link PartitionReader} over HTTP for the query service, and what an operator wants
 * to know. Not for the public; it listens on loopback unless told otherwise.
 *
 * <pre>
 * GET /internal/partitions                             {"partitions":[0,2],"peers":["host:port"]}
 * GET /internal/traces?offsets=0:17,2:4&amp;first&amp;last&amp;limit&amp;now&amp;timeout_ms       a page
 * GET /internal/overview?offsets=0:17,2:4&amp;steps&amp;first&amp;before&amp;now&amp;timeout_ms     an overview
 * GET /internal/compare?offsets=0:17,2:4&amp;most&amp;first&amp;last&amp;selected_first&amp;selected_last&amp;now&amp;timeout_ms     samples
 * GET /internal/stats?offsets=0:17,2:4&amp;by&amp;service&amp;operation&amp;after&amp;before&amp;now&amp;timeout_ms    statistics
 * GET /internal/traces/{id}?partition&amp;offset&amp;now&amp;timeout_ms             OTLP TracesData; 204 none
 * GET /internal/traces/{id}/logs?from_bucket&amp;from_offset&amp;partition&amp;offset&amp;timeout_ms    a page of OTLP LogsData
 * </pre>
 *
 * 503 where a partition cannot be read here, 410 of a trace that was dropped ({@link DroppedTraceJson}), 413 where there is more of a trace than is read at a time.
 */
public final class AssemblerServer implements AutoCloseable {
    private final PartitionReader reader;
    private final Supplier<List<String>> peers;
    private final Supplier<Optional<String>> problem;
    private final PrometheusMeterRegistry metrics;
    private final Javalin server;

    /**
     * Creates the door; {@link #start} opens it.
     *
     * @param peers the addresses of all assemblers of the group that are known here
     * @param problem why this assembler is not healthy; empty if it is
     */
    public AssemblerServer(
            PartitionReader reader,
            Supplier<List<String>> peers,
            Supplier<Optional<String>> problem,
            PrometheusMeterRegistry metrics) {
        this.reader = reader;
        this.peers = peers;
        this.problem = problem;
        this.metrics = metrics;
        this.server = HttpEdge.create(HttpEdge.Settings.defaults().withMaxThreads(32), this::routes);
    }

    private void routes(JavalinConfig config) {
        config.routes.get("/health", this::health);
        config.routes.get("/metrics", ctx -> ctx.contentType("text/plain; version=0.0.4; charset=utf-8")
                .result(metrics.scrape()));
        config.routes.get("/internal/partitions", this::partitions);
        config.routes.get("/internal/traces", this::list);
        config.routes.get("/internal/overview", this::overview);
        config.routes.get("/internal/compare", this::compare);
        config.routes.get("/internal/stats", this::stats);
        config.routes.get("/internal/traces/{id}", this::spans);
        config.routes.get("/internal/traces/{id}/logs", this::logs);
        config.routes.exception(
                TraceDroppedException.class,
                (e, ctx) -> ctx.status(410).contentType(HttpEdge.JSON).result(DroppedTraceJson.write(e)));
        config.routes.exception(TraceTooLargeException.class, (e, ctx) -> HttpEdge.error(ctx, 413, e.text()));
        config.routes.exception(
                NotReadableException.class, (e, ctx) -> HttpEdge.unavailable(ctx, String.valueOf(e.getMessage())));
    }

    /** Listens; port 0 takes a free one. */
    public int start(String host, int port) {
        HttpEdge.start(server, host, port);
        return server.port();
    }

    private void health(Context ctx) {
        Optional<String> trouble = problem.get();
        if (trouble.isPresent()) {
            throw new HttpProblem(503, trouble.get());
        }
        ctx.contentType(HttpEdge.JSON).result("{\"status\":\"ok\"}");
    }

    private void partitions(Context ctx) {
        String partitions = reader.readable().stream().map(String::valueOf).collect(Collectors.joining(","));
        String addresses = peers.get().stream().map(peer -> '"' + peer + '"').collect(Collectors.joining(","));
        ctx.contentType(HttpEdge.JSON).result("{\"partitions\":[" + partitions + "],\"peers\":[" + addresses + "]}");
    }

    private void list(Context ctx) throws IOException {
        TraceQuery query = query(ctx, TraceQueryForm::read);
        ByteArrayOutputStream page = new ByteArrayOutputStream(4096);
        TracePageJson.write(reader.list(query, offsets(ctx), timeout(ctx)), page);
        ctx.contentType(HttpEdge.JSON).result(page.toByteArray());
    }

    private static <Q> Q query(Context ctx, Function<String, Q> form) {
        try {
            return form.apply(String.valueOf(ctx.queryString()));
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, String.valueOf(e.getMessage()));
        }
    }

    private void overview(Context ctx) throws IOException {
        OverviewQuery query = query(ctx, OverviewQueryForm::read);
        ByteArrayOutputStream overview = new ByteArrayOutputStream(4096);
        TraceOverviewJson.write(reader.overview(query, offsets(ctx), timeout(ctx)), overview);
        ctx.contentType(HttpEdge.JSON).result(overview.toByteArray());
    }

    private void compare(Context ctx) throws IOException {
        CompareQuery query = query(ctx, CompareQueryForm::read);
        List<TraitSample> samples = reader.compare(query, (int) number(ctx, "most"), offsets(ctx), timeout(ctx));
        ctx.contentType(HttpEdge.JSON);
        TraitSampleJson.write(samples, ctx.outputStream());
    }

    private void stats(Context ctx) throws IOException {
        StatsQuery query = query(ctx, StatsQueryForm::read);
        ByteArrayOutputStream page = new ByteArrayOutputStream(4096);
        StatsPageJson.write(reader.stats(query, offsets(ctx), timeout(ctx)), page);
        ctx.contentType(HttpEdge.JSON).result(page.toByteArray());
    }

    private void spans(Context ctx) throws IOException {
        TraceId id = traceId(ctx);
        List<byte[]> values = reader.spans(
                id, number(ctx, "now"), (int) number(ctx, "partition"), number(ctx, "offset"), timeout(ctx));
        if (values.isEmpty()) {
            ctx.status(204);
            return;
        }
        ctx.contentType("application/x-protobuf");
        OutputStream out = ctx.outputStream();
        for (byte[] value : values) {
            out.write(value);
        }
    }

    private void logs(Context ctx) throws IOException {
        LogPosition from = new LogPosition((int) number(ctx, "from_bucket"), number(ctx, "from_offset"));
        LogPage page =
                reader.logs(traceId(ctx), from, (int) number(ctx, "partition"), number(ctx, "offset"), timeout(ctx));
        ctx.contentType("application/octet-stream");
        LogPageFrames.write(page, ctx.outputStream());
    }

    private static TraceId traceId(Context ctx) {
        String id = ctx.pathParam("id");
        if (!TraceId.isValid(id)) {
            throw new HttpProblem(400, "id must be a UUID, was " + id);
        }
        return TraceId.parse(id);
    }

    private static Map<Integer, Long> offsets(Context ctx) {
        Map<Integer, Long> offsets = new TreeMap<>();
        for (String pair : String.valueOf(ctx.queryParam("offsets")).split(",", -1)) {
            int colon = pair.indexOf(':');
            try {
                offsets.put(
                        Integer.valueOf(pair.substring(0, Math.max(0, colon))),
                        Long.valueOf(pair.substring(colon + 1)));
            } catch (NumberFormatException e) {
                throw new HttpProblem(400, "offsets must be partition:offset,..., was " + pair);
            }
        }
        return offsets;
    }

    private static Duration timeout(Context ctx) {
        return Duration.ofMillis(Math.min(10_000, number(ctx, "timeout_ms")));
    }

    private static long number(Context ctx, String parameter) {
        String text = ctx.queryParam(parameter);
        try {
            return Long.parseLong(String.valueOf(text));
        } catch (NumberFormatException e) {
            throw new HttpProblem(400, parameter + " must be a number, was " + text);
        }
    }

    @Override
    public void close() {
        HttpEdge.stop(server);
    }
}
