package dev.traced.tracer.sidecar;

import dev.traced.tracer.Tracing;
import io.opentelemetry.api.OpenTelemetry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A reverse proxy before a service that knows nothing of tracing. Each request becomes a span of kind SERVER, below the one that
 * the caller names in its headers, and goes on with the context of that span; an answer goes back as it is. HTTP/1.1 and
 * WebSockets.
 *
 * <pre>{@code
 * SidecarConfig config = new SidecarConfig("0.0.0.0", 9000, URI.create("http://localhost:3000"), Duration.ofSeconds(60));
 * try (Tracing tracing = Tracing.builder("shop").build();
 *         Sidecar sidecar = Sidecar.start(config, tracing)) {
 *     ...
 * }
 * }</pre>
 *
 * <p>Any thread may call any method.
 */
public final class Sidecar implements AutoCloseable {
    private static final Duration START_WITHIN = Duration.ofSeconds(20);
    private static final Duration CLOSE_WITHIN = Limits.LAST_REQUESTS.plusSeconds(2);

    /** A sidecar takes a part of a machine that is there for the service. */
    private static final int EVENT_LOOPS =
            Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors() / 2));

    private final Vertx vertx;
    private final int port;
    private final AtomicInteger connections;

    private Sidecar(Vertx vertx, int port, AtomicInteger connections) {
        this.vertx = vertx;
        this.port = port;
        this.connections = connections;
    }

    /**
     * Starts to listen. The service need not be there yet.
     *
     * @param tracing where spans go; closed by its owner, after the sidecar
     * @throws IOException if it cannot listen there
     */
    public static Sidecar start(SidecarConfig config, Tracing tracing) throws IOException {
        return start(config, tracing.openTelemetry(), InetAddress::getAllByName);
    }

    static Sidecar start(SidecarConfig config, OpenTelemetry telemetry, Upstream.Addresses addresses)
            throws IOException {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(EVENT_LOOPS)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        Queue<EventLoop> loops = new ConcurrentLinkedQueue<>();
        SpanNames names = new SpanNames();
        AtomicInteger connections = new AtomicInteger();
        try {
            await(
                    vertx.deployVerticle(
                            () -> {
                                EventLoop loop = new EventLoop(config, addresses, telemetry, names, connections);
                                loops.add(loop);
                                return loop;
                            },
                            new DeploymentOptions().setInstances(EVENT_LOOPS)),
                    START_WITHIN);
        } catch (IOException e) {
            vertx.close();
            throw new IOException("cannot listen on " + config.host() + ":" + config.port() + ": " + e.getMessage(), e);
        }
        return new Sidecar(vertx, List.copyOf(loops).get(0).port(), connections);
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** How many connections of clients are open. */
    int connections() {
        return connections.get();
    }

    /** Takes no more requests, and lets those end that have begun, for 8 s at most. */
    @Override
    public void close() throws IOException {
        await(vertx.close(), CLOSE_WITHIN);
    }

    private static void await(Future<?> future, Duration limit) throws IOException {
        try {
            future.toCompletionStage().toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IOException("it took longer than " + limit.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
