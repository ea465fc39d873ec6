package dev.traced.ingest;

import dev.traced.http.HttpEdge;
import dev.traced.ingest.body.InvalidBatchException;
import dev.traced.ingest.body.OverloadedException;
import dev.traced.ingest.body.TooLargeException;
import dev.traced.ingest.publish.UnavailableException;
import io.javalin.config.JavalinConfig;

/** The routes of the gateway, to be mounted on a server made by {@link HttpEdge}, alone or beside others. */
public final class IngestRoutes {
    private final SpansHandler spans;

    public IngestRoutes(SpansHandler spans) {
        this.spans = spans;
    }

    public void install(JavalinConfig config) {
        config.routes.post("/spans", spans);
        config.routes.exception(
                InvalidBatchException.class, (e, ctx) -> HttpEdge.error(ctx, 400, String.valueOf(e.getMessage())));
        config.routes.exception(
                TooLargeException.class, (e, ctx) -> HttpEdge.error(ctx, 413, String.valueOf(e.getMessage())));
        config.routes.exception(
                OverloadedException.class, (e, ctx) -> HttpEdge.unavailable(ctx, String.valueOf(e.getMessage())));
        config.routes.exception(
                UnavailableException.class, (e, ctx) -> HttpEdge.unavailable(ctx, String.valueOf(e.getMessage())));
    }
}
