package dev.traced.tracer.sidecar;

import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** The connections of clients to one event loop, which alone uses it: so many, and idle for so long. */
final class Clients {
    private static final class Client {
        private int requests;
        private BooleanSupplier closes = () -> false;
        private long idleSinceNanos = System.nanoTime();
    }

    private final Map<HttpConnection, Client> connected = new HashMap<>();
    private final AtomicInteger all;

    /** @param all how many there are on all event loops */
    Clients(AtomicInteger all) {
        this.all = all;
    }

    void accept(HttpConnection connection) {
        connected.put(connection, new Client());
        connection.exceptionHandler(e -> {}); // the exchange has it too; Vert.x would log what any client can cause
        connection.closeHandler(closed -> gone(connection));
        if (all.incrementAndGet() > Limits.MAX_CONNECTIONS) {
            connection.close();
        }
    }

    /** Vert.x tells of the end of a connection, but not once it has been upgraded. */
    void gone(HttpConnection connection) {
        if (connected.remove(connection) != null) {
            all.decrementAndGet();
        }
    }

    /**
     * Whether a client was told that its connection closes. What it has sent behind that must not be done (RFC 9112, section
     * 9.6): it would not learn that it was.
     */
    boolean isClosing(HttpConnection connection) {
        Client client = connected.get(connection);
        return client != null && client.closes.getAsBoolean();
    }

    /**
     * The client is not idle until an exchange is over.
     *
     * @param closes whether the connection closes behind it
     */
    void during(HttpConnection connection, BooleanSupplier closes, Future<?> exchange) {
        Client client = connected.get(connection);
        if (client != null) {
            client.closes = closes;
            client.requests++;
            exchange.onComplete(over -> {
                client.requests--;
                client.idleSinceNanos = System.nanoTime();
            });
        }
    }

    /** Closes those that have waited for too long for their next request, or with the head of one. */
    void closeIdle(long nowNanos) {
        List<HttpConnection> idle = new ArrayList<>();
        connected.forEach((connection, client) -> {
            if (client.requests == 0 && nowNanos - client.idleSinceNanos > Limits.NEXT_REQUEST.toNanos()) {
                idle.add(connection);
            }
        });
        idle.forEach(HttpConnection::close);
    }
}
