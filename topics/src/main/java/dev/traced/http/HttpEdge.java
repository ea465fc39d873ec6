package dev.traced.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.compression.Gzip;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.Header;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.router.EndpointNotFound;
import io.javalin.util.JavalinException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge that all our servers share: bounded threads and timeouts, CORS for a dashboard of another origin, and
 * {@code {"error": ...}} for whatever goes wrong, unknown routes and methods included. Routes are the caller's:
 *
 * <pre>{@code
 * Javalin server = HttpEdge.create(HttpEdge.Settings.defaults(), config -> config.routes.get("/health", ...));
 * HttpEdge.start(server, "0.0.0.0", 8080);
 * }</pre>
 */
public final class HttpEdge {
    public static final String JSON = "application/json";

    /** They are compressed already. */
    private static final List<String> NOT_COMPRESSED = List.of("image/", "font/");

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(HttpEdge.class);
    private static final RateLimitedLog UNEXPECTED = new RateLimitedLog(System::nanoTime);
    private static final String ALLOWED_METHODS = "GET, HEAD, POST, OPTIONS";
    private static final String ALLOWED_HEADERS =
            "Content-Type, Content-Encoding, Accept, Authorization, X-Requested-With";

    private static final String EXPOSED_HEADERS = "Retry-After, Traced-Spans";
    private static final Pattern REQUESTED = Pattern.compile("[A-Za-z0-9_, -]+");
    private static final int MAX_REQUESTED = 1_000;

    private HttpEdge() {}

    /**
     * @param corsOrigin the origin that may read our answers; {@code *} for any
     * @param maxThreads of the server, which also bounds how many requests read their bodies at a time
     * @param requestIdle how long a request may wait for the next byte of its body, or for a client to take the next
     *     byte of its answer
     * @param keepAlive how long a connection is kept without a request. Longer than usual HTTP clients keep theirs (Go:
     *     90 s), or a client now and then posts into a connection that we are closing, and must not repeat a POST.
     * @param furtherPorts where the same routes are served as well, on the same address
     */
    public record Settings(
            String corsOrigin, int maxThreads, Duration requestIdle, Duration keepAlive, List<Integer> furtherPorts) {
        public static Settings defaults() {
            return new Settings(CrossOrigin.ANY, 64, Duration.ofSeconds(30), Duration.ofSeconds(120), List.of());
        }

        public Settings withCorsOrigin(String origin) {
            return new Settings(origin, maxThreads, requestIdle, keepAlive, furtherPorts);
        }

        public Settings withMaxThreads(int threads) {
            return new Settings(corsOrigin, threads, requestIdle, keepAlive, furtherPorts);
        }

        public Settings withRequestIdle(Duration idle) {
            return new Settings(corsOrigin, maxThreads, idle, keepAlive, furtherPorts);
        }

        public Settings withFurtherPorts(List<Integer> ports) {
            return new Settings(corsOrigin, maxThreads, requestIdle, keepAlive, ports);
        }
    }

    /** A server with our edge and the caller's routes; it listens once {@link #start} is called. */
    public static Javalin create(Settings settings, Consumer<JavalinConfig> routes) {
        return Javalin.create(config -> {
            configure(config, settings);
            routes.accept(config);
        });
    }

    /**
     * Listens on {@code host:port}; port 0 takes a free one, see {@link Javalin#port}.
     *
     * @throws UncheckedIOException caused by a {@link BindException} if the address is taken or not ours
     */
    public static Javalin start(Javalin server, String host, int port) {
        try {
            return server.start(host, port);
        } catch (JavalinException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException bind) {
                    throw new UncheckedIOException(
                            "cannot listen on " + host + ":" + port + ": " + bind.getMessage(), bind);
                }
            }
            throw e;
        }
    }

    /**
     * Stops listening, waits for the requests under way, at most {@link #STOP_TIMEOUT}, and closes. Not Jetty's own
     * stop timeout: that also waits for idle connections, whose timeouts it shortens while a request just ended may
     * lengthen them again.
     */
    public static void stop(Javalin server) {
        Server jetty = server.jettyServer().server();
        for (Connector connector : jetty.getConnectors()) {
            if (connector instanceof ServerConnector listener) {
                listener.close();
            }
        }
        try {
            for (GracefulHandler requests : jetty.getDescendants(GracefulHandler.class)) {
                requests.shutdown().get(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.atWarn().addKeyValue("timeout", STOP_TIMEOUT).log("requests under way were cut off");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.stop();
    }

    /**
     * Answers {@code {"error": message}}. Where an answer has begun already it is too late for that: the connection is cut, so
     * that nobody takes what came for all of it.
     */
    public static void error(Context ctx, int status, String message) {
        if (StreamedAnswer.hasBegun(ctx)) {
            cut(ServletContextRequest.getServletContextRequest(ctx.req()), new IOException("cut off: " + message));
            return;
        }
        ctx.status(status).contentType(JSON).result(ErrorBody.of(message));
    }

    /** The connection, or what zips the answer would still end it properly; and the request, or it would never end. */
    private static void cut(ServletContextRequest request, IOException why) {
        request.getConnectionMetaData().getConnection().getEndPoint().close(why);
        request.getServletChannel().abort(why);
    }

    /** Answers 503 and that trying again in a second may help. */
    public static void unavailable(Context ctx, String message) {
        ctx.header(Header.RETRY_AFTER, "1");
        error(ctx, 503, message);
    }

    private static void configure(JavalinConfig config, Settings settings) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.defaultContentType = JSON;
        config.http.prefer405over404 = true;
        // A large list compresses to a tenth at the cheapest level; the higher ones only cost more.
        config.http.compressionStrategy = new CompressionStrategy(null, new Gzip(1));
        config.http.compressionStrategy.setExcludedMimeTypes(NOT_COMPRESSED);
        configureJetty(config, settings);
        configureCors(config, new CrossOrigin(settings.corsOrigin()));
        configureErrors(config);
    }

    private static void configureJetty(JavalinConfig config, Settings settings) {
        QueuedThreadPool threads = new QueuedThreadPool(settings.maxThreads(), Math.min(8, settings.maxThreads()));
        threads.setName("http");
        config.jetty.threadPool = threads;
        config.jetty.modifyServer(server -> {
            server.insertHandler(new GracefulHandler());
            server.setErrorHandler(new JettyErrors(new CrossOrigin(settings.corsOrigin())));
        });
        config.jetty.addConnector(
                (server, http) -> connector(config.jetty.host, config.jetty.port, settings, server, http));
        for (int port : settings.furtherPorts()) {
            config.jetty.addConnector((server, http) -> connector(config.jetty.host, port, settings, server, http));
        }
    }

    private static ServerConnector connector(
            @Nullable String host, int port, Settings settings, Server server, HttpConfiguration http) {
        http.setIdleTimeout(settings.requestIdle().toMillis());
        // A usual batch arrives in one read instead of eight.
        http.setInputBufferSize(64 * 1024);
        ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(settings.keepAlive().toMillis());
        return connector;
    }

    private static void configureCors(JavalinConfig config, CrossOrigin crossOrigin) {
        config.routes.before(ctx -> {
            boolean isPreflight = ctx.method().equals(HandlerType.OPTIONS);
            String method = isPreflight
                    ? ctx.header(Header.ACCESS_CONTROL_REQUEST_METHOD)
                    : ctx.req().getMethod();
            crossOrigin.headers(method, ctx.header(Header.ORIGIN)).forEach(ctx::header);
            if (isPreflight) {
                ctx.header(Header.ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS)
                        .header(Header.ACCESS_CONTROL_ALLOW_HEADERS, allowedHeaders(ctx))
                        .header(Header.ACCESS_CONTROL_MAX_AGE, "7200")
                        .status(204)
                        .skipRemainingHandlers();
            } else {
                ctx.header(Header.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
            }
        });
    }

    /** Whatever the browser asks for: exporters send headers of their users' choice, and none of them means anything here. */
    private static String allowedHeaders(Context ctx) {
        String requested = ctx.header(Header.ACCESS_CONTROL_REQUEST_HEADERS);
        boolean isList = requested != null
                && requested.length() <= MAX_REQUESTED
                && REQUESTED.matcher(requested).matches();
        return isList ? requested : ALLOWED_HEADERS;
    }

    private static void configureErrors(JavalinConfig config) {
        config.routes.exception(HttpProblem.class, (problem, ctx) -> {
            if (problem.status() == 503) {
                unavailable(ctx, problem.text());
            } else {
                error(ctx, problem.status(), problem.text());
            }
        });
        config.routes.exception(HttpResponseException.class, (response, ctx) -> {
            response.getDetails().forEach(ctx::header);
            error(ctx, response.getStatus(), String.valueOf(response.getMessage()));
        });
        config.routes.exception(
                EndpointNotFound.class, (e, ctx) -> error(ctx, 404, "there is no " + ctx.method() + " " + ctx.path()));
        config.routes.exception(MethodNotAllowedResponse.class, (response, ctx) -> {
            String allowed = String.join(", ", response.getDetails().values());
            ctx.header(Header.ALLOW, allowed);
            error(ctx, 405, ctx.path() + " allows " + allowed + ", not " + ctx.method());
        });
        config.routes.exception(
                EofException.class, (e, ctx) -> error(ctx, 400, "the request is broken or ended early"));
        config.routes.exception(
                HttpException.RuntimeException.class,
                (e, ctx) -> error(ctx, e.getCode(), String.valueOf(e.getReason())));
        config.routes.exception(Exception.class, (e, ctx) -> {
            UNEXPECTED.log(more -> LOG.atError()
                    .addKeyValue("method", ctx.method())
                    .addKeyValue("path", ctx.path())
                    .addKeyValue("heldBack", more)
                    .setCause(e)
                    .log("a request failed"));
            error(ctx, 500, "internal error");
        });
        // Where Javalin sets a status and no body: the client was too slow, or our fault.
        config.routes.error(408, ctx -> errorUnlessAnswered(ctx, "the request took too long to arrive"));
        config.routes.error(500, ctx -> errorUnlessAnswered(ctx, "internal error"));
        config.router.javaLangErrorHandler(HttpEdge::answerFatal);
    }

    private static void errorUnlessAnswered(Context ctx, String message) {
        if (ctx.resultInputStream() == null) {
            error(ctx, ctx.statusCode(), message);
        }
    }

    private static void answerFatal(HttpServletResponse response, Error error) {
        LOG.atError().setCause(error).log("a request failed fatally");
        response.setStatus(500);
        response.setContentType(JSON);
        try {
            response.getOutputStream().write(ErrorBody.of("internal error"));
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("the client did not wait for the answer");
        }
    }
}
