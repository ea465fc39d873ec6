package dev.traced.query.web;

import dev.traced.http.Bulkhead;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;
import io.javalin.http.Header;

/** Routes to what a browser shows or runs, each with what it may do with that. */
final class GuardedRoutes {
    private static final int MAX_ANSWERS = 32;
    private static final int MAX_WAITING = 256;

    /** A file may be larger than what the connection takes of it: who reads slowly must not hold a thread that ingest needs. */
    private final Bulkhead answers = new Bulkhead("serve-files", MAX_ANSWERS, MAX_WAITING);

    private final JavalinConfig config;
    private final String contentSecurityPolicy;

    /** @param scripts where scripts may come from besides this server; empty, or with a space before it */
    GuardedRoutes(JavalinConfig config, String scripts) {
        this.config = config;
        this.contentSecurityPolicy = "default-src 'none'; script-src 'self'" + scripts
                + "; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /** For HEAD too, which Javalin would answer without asking the handler. */
    void add(String path, Handler handler) {
        Handler guarded = answers.around(ctx -> {
            ctx.header(Header.CONTENT_SECURITY_POLICY, contentSecurityPolicy);
            ctx.header(Header.X_CONTENT_TYPE_OPTIONS, "nosniff");
            ctx.header(Header.REFERRER_POLICY, "no-referrer");
            ctx.header(Header.CROSS_ORIGIN_OPENER_POLICY, "same-origin");
            handler.handle(ctx);
        });
        config.routes.get(path, guarded);
        config.routes.head(path, guarded);
    }
}
