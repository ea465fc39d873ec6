package dev.traced.query;

import dev.traced.http.HttpEdge;
import dev.traced.http.HttpProblem;
import dev.traced.http.StreamedAnswer;
import dev.traced.model.NotReadableException;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceDroppedException;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceTooLargeException;
import dev.traced.topics.DroppedTraceJson;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code GET /traces} and {@code GET /traces/{trace_id}} of the traced contract. */
public final class QueryRoutes {
    private static final int MAX_SHOWN = 64;

    private final TraceReads reads;

    public QueryRoutes(TraceReads reads) {
        this.reads = reads;
    }

    /** Adds the routes to a server. */
    public void install(JavalinConfig config) {
        config.routes.get("/traces", reads.route(this::list));
        config.routes.get("/traces/{trace_id}", reads.route(this::detail));
        config.routes.exception(
                TraceDroppedException.class,
                (e, ctx) -> ctx.status(410).contentType(HttpEdge.JSON).result(DroppedTraceJson.write(e)));
        config.routes.exception(TraceTooLargeException.class, (e, ctx) -> HttpEdge.error(ctx, 413, e.text()));
        config.routes.exception(
                NotReadableException.class, (e, ctx) -> HttpEdge.unavailable(ctx, String.valueOf(e.getMessage())));
    }

    private void list(Context ctx) throws InterruptedException, IOException {
        TraceQuery query = query(ctx);
        TracePage page = reads.list(query);
        ByteArrayOutputStream body =
                new ByteArrayOutputStream(256 + 256 * page.traces().size());
        TraceJson.write(page, query.limit(), body);
        ctx.contentType(HttpEdge.JSON).result(body.toByteArray());
    }

    private TraceQuery query(Context ctx) {
        Long limit = integer(ctx, "limit");
        if (limit != null && (limit < 1 || limit > TraceQuery.MAX_LIMIT)) {
            throw new HttpProblem(400, "limit must be 1.." + TraceQuery.MAX_LIMIT + ", was " + limit);
        }
        int newest = limit == null ? TraceQuery.DEFAULT_LIMIT : limit.intValue();
        try {
            String cursor = ctx.queryParam("cursor");
            return TraceQuery.between(integer(ctx, "after"), integer(ctx, "before"), newest, reads.nowNanos())
                    .with(FilterParameters.read(ctx), cursor == null ? null : TraceCursor.parse(cursor));
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, String.valueOf(e.getMessage()));
        }
    }

    /** A parameter; of a repeated one the first counts. */
    static @Nullable Long integer(Context ctx, String parameter) {
        List<String> values = ctx.queryParams(parameter);
        if (values.isEmpty()) {
            return null;
        }
        try {
            return Long.valueOf(values.get(0));
        } catch (NumberFormatException e) {
            throw new HttpProblem(
                    400, parameter + " must be a 64-bit integer, was \"" + shortened(values.get(0)) + "\"");
        }
    }

    static String shortened(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }

    private void detail(Context ctx) throws InterruptedException, IOException {
        String id = ctx.pathParam("trace_id");
        if (!TraceId.isValid(id)) {
            throw new HttpProblem(400, "trace_id must be a UUID, was \"" + shortened(id) + "\"");
        }
        TraceId traceId = TraceId.parse(id);
        reads.detail(traceId, values -> answer(ctx, traceId, shown(traceId, values, TraceDetail::of)));
    }

    /** What to show of a trace; a record of it that no parser takes was written past the gateway. */
    static <T> T shown(TraceId traceId, List<byte[]> values, Function<List<byte[]>, T> view) {
        try {
            return view.apply(values);
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(
                    500, "trace " + traceId + " cannot be shown, a record of it is broken: " + e.getMessage());
        }
    }

    static void answer(Context ctx, TraceId traceId, TraceDetail trace) throws IOException {
        if (trace.spans().isEmpty()) {
            throw new HttpProblem(404, "there is no trace " + traceId + " in the window");
        }
        ctx.contentType(HttpEdge.JSON);
        StreamedAnswer.write(ctx, out -> TraceJson.write(traceId, trace, out));
    }
}
