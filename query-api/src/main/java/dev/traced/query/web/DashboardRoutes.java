package dev.traced.query.web;

import dev.traced.http.HttpProblem;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;

/**
 * The dashboard: its page at {@code /}, its own files below {@code /ui-} and their version, and those of its libraries below
 * {@code /_static} and {@code /webjars}. No file is of another host, and the page may ask none.
 */
public final class DashboardRoutes {
    private static final String FOLDER = "dashboard/";

    /** To be asked for again each time, which costs a 304. */
    private static final String CHANGING = "no-cache";

    /** The version is in the path. */
    private static final String FOR_GOOD = "public, max-age=31536000, immutable";

    private final DashboardPage page;
    private final ClasspathFiles ours = new ClasspathFiles(FOLDER, path -> true);
    private final ClasspathFiles libraries;

    public DashboardRoutes() {
        Libraries used = new Libraries();
        this.page = new DashboardPage(ClasspathFiles.all(FOLDER), used);
        this.libraries = new ClasspathFiles("META-INF/resources/", path -> used.have("/" + path));
    }

    /** Adds the routes to a server. The import map is the one script in the page, and known by its hash. */
    public void install(JavalinConfig config) {
        GuardedRoutes routes = new GuardedRoutes(config, " 'sha256-" + page.importMapHash() + "'");
        String versioned = page.folder() + "/";
        routes.add("/", ctx -> page.file().answer(ctx, CHANGING));
        // Browsers ask for it beside every answer that they show by itself, as JSON.
        routes.add("/favicon.ico", ctx -> ours.get("icon.svg").answer(ctx, CHANGING));
        routes.add(versioned + "<path>", ctx -> ours.get(below(versioned, ctx)).answer(ctx, FOR_GOOD));
        // For pages that do not know the version.
        routes.add("/ui/<path>", ctx -> ours.get(below("/ui/", ctx)).answer(ctx, CHANGING));
        routes.add("/_static/<path>", ctx -> libraries.get(below("/", ctx)).answer(ctx, FOR_GOOD));
        routes.add("/webjars/<path>", ctx -> libraries.get(below("/", ctx)).answer(ctx, FOR_GOOD));
    }

    /** The rest of the path as it was sent, or a name that was encoded in two ways would be two. */
    private static String below(String prefix, Context ctx) {
        String path = ctx.req().getRequestURI();
        if (!path.startsWith(prefix)) {
            throw new HttpProblem(404, "there is no such file");
        }
        return path.substring(prefix.length());
    }
}
