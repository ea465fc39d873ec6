package dev.traced.tracer.demo.shop;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What visitors see: pages, made of what the other services know. */
final class Storefront implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(Storefront.class);

    private final Peer catalog;
    private final Peer inventory;
    private final Peer reviews;
    private final Peer cart;
    private final Peer checkout;

    record Purchase(String visitor, int product, int pieces, String card, String email) {}

    Storefront(Peer catalog, Peer inventory, Peer reviews, Peer cart, Peer checkout) {
        this.catalog = catalog;
        this.inventory = inventory;
        this.reviews = reviews;
        this.cart = cart;
        this.checkout = checkout;
    }

    @Override
    public void serve(RoutesConfig routes) {
        routes.get("/", this::home);
        routes.get("/products/{id}", this::product);
        routes.get("/search", this::search);
        routes.post("/orders", this::buy);
        routes.exception(Peer.Refused.class, (e, ctx) -> {
            ctx.status(e.status() < 500 ? e.status() : 502).result("We are sorry: " + e.getMessage());
            LOG.warn("sent a visitor away", e);
        });
    }

    private void home(Context ctx) {
        int page = ctx.queryParamAsClass("page", Integer.class).getOrDefault(0);
        Product[] products = catalog.get("/products?page=" + page, Product[].class);
        ctx.html(Page.list("Welcome", List.of(products)));
        LOG.info("showed the home page");
    }

    private void search(Context ctx) {
        String words = ctx.queryParamAsClass("q", String.class).get();
        String query = URLEncoder.encode(words, StandardCharsets.UTF_8);
        Product[] found = catalog.get("/search?q=" + query, Product[].class);
        ctx.html(Page.list(found.length + " for " + words, List.of(found)));
        LOG.info("showed what was found for '{}'", words);
    }

    private void product(Context ctx) {
        int id = ctx.pathParamAsClass("id", Integer.class).get();
        Product product = catalog.get("/products/" + id, Product.class);
        Inventory.Stock stock = inventory.get("/stock/" + id, Inventory.Stock.class);
        Reviews.Review[] opinions = reviews.get("/reviews/" + id, Reviews.Review[].class);
        ctx.html(Page.of(product, stock.pieces(), List.of(opinions)));
        LOG.info("showed product {}", id);
    }

    private void buy(Context ctx) {
        Purchase purchase = ctx.bodyAsClass(Purchase.class);
        Product product = catalog.get("/products/" + purchase.product(), Product.class);
        cart.put("/carts/" + purchase.visitor(), new Cart.Item(product.id(), purchase.pieces(), product.price()));
        Orders.Order order = checkout.post(
                "/orders",
                new Checkout.Purchase(purchase.visitor(), purchase.card(), purchase.email()),
                Orders.Order.class);
        ctx.status(201).html(Page.thanks(product, order));
        LOG.info("sold order {}", order.id());
    }
}
