package dev.traced.tracer.demo.shop;

import io.javalin.config.RoutesConfig;

/** What a service of the shop does. */
interface Service extends AutoCloseable {
    void serve(RoutesConfig routes);

    /** Finishes what it has begun. */
    @Override
    default void close() {}
}
