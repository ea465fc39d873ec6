package dev.traced.tracer.demo.shop;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What each visitor is about to buy. */
final class Cart implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(Cart.class);
    private static final int MAX_CARTS = 10_000;

    /** Carts that were left behind go, the oldest first. */
    private final Map<String, Item> carts = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Item> oldest) {
            return size() > MAX_CARTS;
        }
    });

    record Item(int product, int pieces, int price) {}

    @Override
    public void serve(RoutesConfig routes) {
        routes.put("/carts/{visitor}", this::fill);
        routes.get("/carts/{visitor}", this::show);
        routes.delete("/carts/{visitor}", this::empty);
    }

    private void fill(Context ctx) {
        Item item = ctx.bodyAsClass(Item.class);
        carts.put(ctx.pathParam("visitor"), item);
        ctx.status(204);
        LOG.info("{} of product {} went into the cart", item.pieces(), item.product());
    }

    private void show(Context ctx) {
        Item item = Optional.ofNullable(carts.get(ctx.pathParam("visitor")))
                .orElseThrow(() -> new NotFoundResponse("the cart is empty"));
        ctx.json(item);
        LOG.info("showed a cart");
    }

    private void empty(Context ctx) {
        carts.remove(ctx.pathParam("visitor"));
        ctx.status(204);
        LOG.info("emptied a cart");
    }
}
