package dev.traced.tracer.sidecar;

import io.vertx.core.net.NetSocket;

/** Two connections whose bytes go from each to the other, no faster than it takes them: a WebSocket, of which nothing is read. */
final class Tunnel {
    private Tunnel() {}

    /** Joins them until either closes; then closes both, and says so once or more. */
    static void join(NetSocket client, NetSocket service, Runnable closed) {
        client.closeHandler(gone -> {
            service.close();
            closed.run();
        });
        service.closeHandler(gone -> {
            client.close();
            closed.run();
        });
        client.pipeTo(service);
        service.pipeTo(client);
    }
}
