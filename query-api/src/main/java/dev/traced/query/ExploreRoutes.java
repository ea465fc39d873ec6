package dev.traced.query;

import dev.traced.http.HttpEdge;
import dev.traced.http.HttpProblem;
import dev.traced.model.CompareQuery;
import dev.traced.model.OverviewQuery;
import dev.traced.model.StartRange;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceOverview;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/** Questions about all traces that {@code GET /traces} counts: {@code GET /traces/overview} and {@code GET /compare}. */
public final class ExploreRoutes {
    private static final String SELECTED = "selected_";
    private static final List<String> BOUNDS =
            List.of("after", "min_duration_ms", "min_duration_ns", "max_duration_ms", "max_duration_ns");

    private final TraceReads reads;

    public ExploreRoutes(TraceReads reads) {
        this.reads = reads;
    }

    /** Adds the routes to a server; before {@link QueryRoutes}, which answers errors and would take one for a trace id. */
    public void install(JavalinConfig config) {
        config.routes.get("/traces/overview", reads.route(this::overview));
        config.routes.get("/compare", reads.route(this::compare));
    }

    private void overview(Context ctx) throws InterruptedException, IOException {
        TraceOverview overview = reads.overview(overviewQuery(ctx));
        ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 14);
        OverviewJson.write(overview, body);
        ctx.contentType(HttpEdge.JSON).result(body.toByteArray());
    }

    private OverviewQuery overviewQuery(Context ctx) {
        Long steps = QueryRoutes.integer(ctx, "steps");
        try {
            return OverviewQuery.between(
                    QueryRoutes.integer(ctx, "after"),
                    QueryRoutes.integer(ctx, "before"),
                    steps == null ? OverviewQuery.DEFAULT_STEPS : OverviewQuery.checkSteps(steps),
                    reads.nowNanos(),
                    FilterParameters.read(ctx));
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, String.valueOf(e.getMessage()));
        }
    }

    private void compare(Context ctx) throws InterruptedException, IOException {
        Differences differences = reads.compare(compareQuery(ctx));
        ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 14);
        DifferencesJson.write(differences, body);
        ctx.contentType(HttpEdge.JSON).result(body.toByteArray());
    }

    private CompareQuery compareQuery(Context ctx) {
        try {
            StartRange times = times(ctx, "");
            TraceFilter filter = FilterParameters.read(ctx);
            StartRange selectedTimes = times(ctx, SELECTED);
            TraceFilter selected = FilterParameters.read(ctx, SELECTED);
            if (selectedTimes.equals(StartRange.ANY) && selected.isAny()) {
                refuseSelectionOfAll(ctx);
            }
            return new CompareQuery(times, filter, selectedTimes, selected, reads.nowNanos());
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(400, String.valueOf(e.getMessage()));
        }
    }

    /** A bound that every trace is within was given, but selects nothing from among them. */
    private static void refuseSelectionOfAll(Context ctx) {
        for (String bound : BOUNDS) {
            String value = ctx.queryParam(SELECTED + bound);
            if (value != null) {
                throw new HttpProblem(
                        400,
                        "everything is selected: " + SELECTED + bound + "=" + value
                                + " is true of every trace, so that there is no rest to compare with");
            }
        }
    }

    private static StartRange times(Context ctx, String prefix) {
        return StartRange.between(
                prefix, QueryRoutes.integer(ctx, prefix + "after"), QueryRoutes.integer(ctx, prefix + "before"));
    }
}
