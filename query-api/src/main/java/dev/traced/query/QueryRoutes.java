package dev.traced.query;

import dev.traced.http.HttpEdge;
import dev.traced.http.HttpProblem;
import dev.traced.model.NotReadableException;
import dev.traced.model.Span;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** {@code GET /traces} and {@code GET /traces/{trace_id}} of the traced contract. */
public final class QueryRoutes {
    /** So many reads at a time; further ones wait, and not for long, so that they cannot take all threads from ingest. */
    private static final int MAX_READS = 32;

    /** So many details at a time, of them one large one: all of its spans are in memory while they are put in order. */
    private static final int MAX_DETAILS = 8;

    private static final long LARGE_BYTES = 2 << 20;
    private static final long WAIT_MS = 2_000;

    private static final int MAX_SHOWN = 64;

    private final TraceReader traces;
    private final LongSupplier nowNanos;
    private final Semaphore reads = new Semaphore(MAX_READS);
    private final Semaphore details = new Semaphore(MAX_DETAILS, true);
    private final Semaphore largeDetails = new Semaphore(1, true);
    private final Timer listTime;
    private final Timer detailTime;

    /**
     * @param nowNanos the wall clock, in Unix nanoseconds
     */
    public QueryRoutes(TraceReader traces, LongSupplier nowNanos, MeterRegistry registry) {
        this.traces = traces;
        this.nowNanos = nowNanos;
        this.listTime = timer(registry, "list");
        this.detailTime = timer(registry, "detail");
    }

    private static Timer timer(MeterRegistry registry, String query) {
        return Timer.builder("traced.query")
                .description("How long queries took, the read barrier included")
                .tag("query", query)
                .publishPercentiles(0.5, 0.99)
                .register(registry);
    }

    /** Adds the routes to a server. */
    public void install(JavalinConfig config) {
        config.routes.get("/traces", ctx -> bounded(ctx, listTime, this::list));
        config.routes.get("/traces/{trace_id}", ctx -> bounded(ctx, detailTime, this::detail));
        config.routes.exception(
                NotReadableException.class, (e, ctx) -> HttpEdge.unavailable(ctx, String.valueOf(e.getMessage())));
    }

    private interface Handler {
        void handle(Context ctx) throws InterruptedException, IOException;
    }

    private void bounded(Context ctx, Timer timer, Handler handler) throws InterruptedException, IOException {
        waitFor(reads);
        long start = System.nanoTime();
        try {
            handler.handle(ctx);
        } finally {
            reads.release();
            timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    private void list(Context ctx) throws InterruptedException, IOException {
        TracePage page = traces.list(query(ctx));
        ByteArrayOutputStream body =
                new ByteArrayOutputStream(256 + 256 * page.traces().size());
        TraceJson.write(page, body);
        ctx.contentType(HttpEdge.JSON).result(body.toByteArray());
    }

    private TraceQuery query(Context ctx) {
        Long limit = integer(ctx, "limit");
        if (limit != null && (limit < 1 || limit > TraceQuery.MAX_LIMIT)) {
            throw new HttpProblem(400, "limit must be 1.." + TraceQuery.MAX_LIMIT + ", was " + limit);
        }
        int newest = limit == null ? TraceQuery.DEFAULT_LIMIT : limit.intValue();
        try {
            return TraceQuery.between(integer(ctx, "after"), integer(ctx, "before"), newest, nowNanos.getAsLong());
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, String.valueOf(e.getMessage()));
        }
    }

    /** A parameter; of a repeated one the first counts. */
    private static @Nullable Long integer(Context ctx, String parameter) {
        List<String> values = ctx.queryParams(parameter);
        if (values.isEmpty()) {
            requireAbsent(ctx, parameter);
            return null;
        }
        try {
            return Long.valueOf(values.get(0));
        } catch (NumberFormatException e) {
            throw new HttpProblem(
                    400, parameter + " must be a 64-bit integer, was \"" + shortened(values.get(0)) + "\"");
        }
    }

    /** A value that cannot be decoded is as if it were not there, and must not pass for that. */
    private static void requireAbsent(Context ctx, String parameter) {
        String query = ctx.queryString();
        if (query != null && ("&" + query).contains("&" + parameter + "=")) {
            throw new HttpProblem(400, parameter + " cannot be decoded, the query was \"" + shortened(query) + "\"");
        }
    }

    private static String shortened(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }

    private void detail(Context ctx) throws InterruptedException, IOException {
        String id = ctx.pathParam("trace_id");
        if (!TraceId.isValid(id)) {
            throw new HttpProblem(400, "trace_id must be a UUID, was \"" + shortened(id) + "\"");
        }
        waitFor(details);
        try {
            detail(ctx, TraceId.parse(id));
        } finally {
            details.release();
        }
    }

    private void detail(Context ctx, TraceId traceId) throws InterruptedException, IOException {
        List<byte[]> values = traces.spans(traceId, nowNanos.getAsLong());
        boolean large = values.stream().mapToLong(value -> value.length).sum() > LARGE_BYTES;
        if (large) {
            waitFor(largeDetails);
        }
        try {
            answer(ctx, traceId, TraceDetail.of(values));
        } finally {
            if (large) {
                largeDetails.release();
            }
        }
    }

    private static void waitFor(Semaphore room) throws InterruptedException {
        if (!room.tryAcquire(WAIT_MS, TimeUnit.MILLISECONDS)) {
            throw new HttpProblem(503, "too many queries at a time");
        }
    }

    private static void answer(Context ctx, TraceId traceId, List<Span> spans) throws IOException {
        if (spans.isEmpty()) {
            throw new HttpProblem(404, "there is no trace " + traceId + " in the window");
        }
        ctx.contentType(HttpEdge.JSON);
        // Streamed: the JSON of a large trace is never in memory as a whole.
        try (OutputStream out = new BufferedOutputStream(ctx.outputStream(), 32 << 10)) {
            TraceJson.write(traceId, spans, out);
        }
    }
}
