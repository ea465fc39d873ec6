package dev.traced.tracer.sidecar;

import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One of the threads of a sidecar, with the clients that came to it and its own connections to the service. */
final class EventLoop extends VerticleBase {
    private static final long SWEEP_EVERY_MS = 1_000;

    private final SidecarConfig config;
    private final Upstream.Addresses addresses;
    private final OpenTelemetry telemetry;
    private final SpanNames names;
    private final Clients clients;
    private @Nullable HttpServer server;

    /**
     * @param names shared by all event loops
     * @param connections how many clients there are, on all event loops
     */
    EventLoop(
            SidecarConfig config,
            Upstream.Addresses addresses,
            OpenTelemetry telemetry,
            SpanNames names,
            AtomicInteger connections) {
        this.addresses = addresses;
        this.config = config;
        this.telemetry = telemetry;
        this.names = names;
        this.clients = new Clients(connections);
    }

    @Override
    public Future<HttpServer> start() {
        Upstream upstream = new Upstream(vertx, config, addresses);
        HttpServerOptions options = new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setIdleTimeout((int) Limits.SILENT_CONNECTION.toSeconds())
                .setMaxInitialLineLength(Limits.MAX_HEADER_BYTES)
                .setMaxHeaderSize(Limits.MAX_HEADER_BYTES)
                .setMaxChunkSize(Limits.CHUNK_BYTES)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
        HttpServer created = vertx.createHttpServer(options)
                .connectionHandler(clients::accept)
                .requestHandler(request -> handle(request, upstream));
        server = created;
        vertx.setPeriodic(SWEEP_EVERY_MS, tick -> clients.closeIdle(System.nanoTime()));
        return created.listen(
                config.port() == 0 ? -1 : config.port(), config.host()); // -1: a free one for all event loops
    }

    int port() {
        return server == null ? 0 : server.actualPort();
    }

    private void handle(HttpServerRequest request, Upstream upstream) {
        HttpConnection client = request.connection();
        if (clients.isClosing(client)) {
            return;
        }
        ServerSpan span = ServerSpan.start(telemetry, names, request);
        Exchange exchange = new Exchange(vertx, config, upstream, request, span);
        Future<Void> over = exchange.begin();
        clients.during(client, exchange::closesAfter, over);
        over.onSuccess(end -> {
            if (exchange.hasUpgraded()) {
                clients.gone(client);
            }
        });
    }

    /** Takes no more clients, and waits for the requests that have begun. */
    @Override
    public Future<?> stop() {
        return server == null
                ? Future.succeededFuture()
                : server.shutdown(Limits.LAST_REQUESTS.toMillis(), TimeUnit.MILLISECONDS);
    }
}
