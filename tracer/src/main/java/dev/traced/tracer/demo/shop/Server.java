package dev.traced.tracer.demo.shop;

import io.javalin.Javalin;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A service's HTTP server, on loopback and a port that the system chooses. */
record Server(Javalin javalin) implements AutoCloseable {
    /** A process that is slow holds requests back, rather than to take more of them than its memory does. */
    private static final int MAX_THREADS = 64;

    static Server start(Service service, Telemetry telemetry) {
        Javalin javalin = Javalin.create(config -> {
            config.jetty.threadPool = new QueuedThreadPool(MAX_THREADS);
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            telemetry.install(config);
            service.serve(config.routes);
        });
        return new Server(javalin.start("127.0.0.1", 0));
    }

    int port() {
        return javalin.port();
    }

    @Override
    public void close() {
        javalin.stop();
    }
}
