package dev.traced.query;

import dev.traced.http.HttpEdge;
import dev.traced.http.HttpProblem;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import dev.traced.model.TraceQuery;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Questions about services, each of the closed traces that started between {@code after} and {@code before}: {@code GET
 * /services}, {@code GET /services/{service}/operations}, {@code GET /stats} and {@code GET /dependencies}.
 */
public final class ServiceRoutes {
    /** As long as a name is kept. */
    private static final int MAX_NAME_BYTES = 1_024;

    private final TraceReads reads;

    public ServiceRoutes(TraceReads reads) {
        this.reads = reads;
    }

    /** Adds the routes to a server; errors are answered as {@link QueryRoutes} has it. */
    public void install(JavalinConfig config) {
        config.routes.get("/services", reads.route(this::services));
        config.routes.get("/services/{service}/operations", reads.route(this::operations));
        config.routes.get("/services//operations", reads.route(ctx -> operations(ctx, ""))); // a name may be empty
        config.routes.get("/stats", reads.route(this::stats));
        config.routes.get("/dependencies", reads.route(this::dependencies));
    }

    private void services(Context ctx) throws InterruptedException, IOException {
        answer(ctx, query(ctx, StatsQuery.By.SERVICE, null, null), StatsJson::services);
    }

    private void operations(Context ctx) throws InterruptedException, IOException {
        operations(ctx, required("service", ctx.pathParam("service")));
    }

    private void operations(Context ctx, String service) throws InterruptedException, IOException {
        answer(ctx, query(ctx, StatsQuery.By.OPERATION, service, null), StatsJson::operations);
    }

    private void stats(Context ctx) throws InterruptedException, IOException {
        StatsQuery query = query(ctx, StatsQuery.By.TIME, name(ctx, "service"), name(ctx, "operation"));
        answer(ctx, query, (page, out) -> StatsJson.stats(page, query.nowNanos(), out));
    }

    private void dependencies(Context ctx) throws InterruptedException, IOException {
        answer(ctx, query(ctx, StatsQuery.By.CALL, null, null), StatsJson::dependencies);
    }

    private interface Form {
        void write(StatsPage page, ByteArrayOutputStream out) throws IOException;
    }

    private void answer(Context ctx, StatsQuery query, Form form) throws InterruptedException, IOException {
        StatsPage page = reads.stats(query);
        ByteArrayOutputStream body =
                new ByteArrayOutputStream(256 + 256 * page.lines().size());
        form.write(page, body);
        ctx.contentType(HttpEdge.JSON).result(body.toByteArray());
    }

    private StatsQuery query(Context ctx, StatsQuery.By by, @Nullable String service, @Nullable String operation) {
        Long after = QueryRoutes.integer(ctx, "after");
        Long before = QueryRoutes.integer(ctx, "before");
        try {
            TraceQuery times = TraceQuery.between(after, before, 1, reads.nowNanos());
            return new StatsQuery(by, service, operation, times.firstNanos(), before, times.nowNanos());
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable String name(Context ctx, String parameter) {
        String value = ctx.queryParam(parameter);
        return value == null ? null : required(parameter, value);
    }

    private static String required(String parameter, String value) {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_NAME_BYTES) {
            throw new HttpProblem(
                    400, parameter + " must be at most " + MAX_NAME_BYTES + " bytes of UTF-8, was " + bytes);
        }
        return value;
    }
}
