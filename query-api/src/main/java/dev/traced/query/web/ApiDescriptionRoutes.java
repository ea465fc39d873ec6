package dev.traced.query.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.config.JavalinConfig;

/** {@code GET /openapi.json}, the description of the API for programs, and {@code GET /docs}, the same for people. */
public final class ApiDescriptionRoutes {
    /** To be asked for again each time, which costs a 304. */
    private static final String CACHE_CONTROL = "no-cache";

    private static final String SWAGGER_UI = "{swagger-ui}";

    private final ServedFile description = ServedFile.of("openapi.json", ClasspathFiles.required("api/openapi.json"));
    private final ServedFile page;

    public ApiDescriptionRoutes() {
        String html = new String(ClasspathFiles.required("api/docs.html"), UTF_8);
        this.page = ServedFile.of(
                "docs.html", html.replace(SWAGGER_UI, Libraries.swaggerUi()).getBytes(UTF_8));
    }

    /** Adds the routes to a server; the page's files are those of {@link DashboardRoutes}. */
    public void install(JavalinConfig config) {
        GuardedRoutes routes = new GuardedRoutes(config, "");
        routes.add("/openapi.json", ctx -> description.answer(ctx, CACHE_CONTROL));
        routes.add("/docs", ctx -> page.answer(ctx, CACHE_CONTROL));
    }
}
