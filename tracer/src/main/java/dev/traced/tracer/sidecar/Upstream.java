package dev.traced.tracer.sidecar;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;

/** The connections of one event loop to the service. Used by that event loop only. */
final class Upstream {
    /**
     * For how long a connection is kept for the next request. Short, since the service may close what is idle at any time, and a
     * POST that crosses with that cannot be repeated; common servers wait for 2 s at least. A new one costs some 0.1 ms.
     */
    private static final int KEEP_IDLE_SECONDS = 1;

    private static final int POOL_CLEANED_EVERY_MS = 500;
    private static final int CONNECT_WITHIN_MS = 5_000;
    private static final long ADDRESSES_LAST_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** What a name stands for. */
    interface Addresses {
        InetAddress[] of(String host) throws UnknownHostException;
    }

    private final Vertx vertx;
    private final SidecarConfig config;
    private final Addresses names;
    private final HttpClient client;

    /** Connections that had a request before: they may turn out to be closed. */
    private final Set<HttpConnection> used = Collections.newSetFromMap(new WeakHashMap<>());

    private List<SocketAddress> addresses = List.of();
    private long resolvedAtNanos;
    private int preferred;

    Upstream(Vertx vertx, SidecarConfig config, Addresses names) {
        this.vertx = vertx;
        this.config = config;
        this.names = names;
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setConnectTimeout((int)
                                Math.min(CONNECT_WITHIN_MS, config.timeout().toMillis()))
                        .setKeepAliveTimeout(KEEP_IDLE_SECONDS)
                        .setIdleTimeout((int) Limits.SILENT_CONNECTION.toSeconds())
                        .setMaxInitialLineLength(Limits.MAX_HEADER_BYTES)
                        .setMaxHeaderSize(Limits.MAX_HEADER_BYTES)
                        .setMaxChunkSize(Limits.CHUNK_BYTES))
                .with(new PoolOptions()
                        .setHttp1MaxSize(Limits.MAX_CONNECTIONS)
                        .setMaxWaitQueueSize(Limits.MAX_CONNECTIONS)
                        .setCleanerPeriod(POOL_CLEANED_EVERY_MS))
                .withConnectHandler(connection -> connection.exceptionHandler(e -> {})) // the exchange has it too
                .build();
    }

    /** A request of which nothing is sent yet, on a connection of its own. */
    Future<HttpClientRequest> request(HttpMethod method, String target) {
        return addresses().compose(all -> request(method, target, all, 0));
    }

    /** Of several addresses, such as localhost has, the service may listen on any one. */
    private Future<HttpClientRequest> request(HttpMethod method, String target, List<SocketAddress> all, int attempt) {
        int index = (preferred + attempt) % all.size();
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setHost(config.upstreamHost())
                .setPort(config.upstreamPort())
                .setServer(all.get(index))
                .setURI(target);
        return client.request(options)
                .map(request -> {
                    preferred = index;
                    return request;
                })
                .recover(e -> e instanceof ConnectException && attempt + 1 < all.size()
                        ? request(method, target, all, attempt + 1)
                        : Future.failedFuture(e));
    }

    /** Whether the connection of a request had another one before; to be asked once, before it is sent. */
    boolean isReused(HttpClientRequest request) {
        return !used.add(request.connection());
    }

    private Future<List<SocketAddress>> addresses() {
        if (!addresses.isEmpty() && System.nanoTime() - resolvedAtNanos < ADDRESSES_LAST_NANOS) {
            return Future.succeededFuture(addresses);
        }
        return vertx.executeBlocking(() -> names.of(config.upstreamHost()), false)
                .map(found -> {
                    addresses = Arrays.stream(found)
                            .map(address ->
                                    SocketAddress.inetSocketAddress(config.upstreamPort(), address.getHostAddress()))
                            .toList();
                    preferred = Math.min(preferred, addresses.size() - 1);
                    resolvedAtNanos = System.nanoTime();
                    return addresses;
                });
    }
}
