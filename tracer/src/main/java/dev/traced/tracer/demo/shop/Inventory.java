package dev.traced.tracer.demo.shop;

import io.javalin.config.RoutesConfig;
import io.javalin.http.ConflictResponse;
import io.javalin.http.Context;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much of everything is there, and what of it is promised. */
final class Inventory implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(Inventory.class);

    private final Database database;

    record Stock(int product, int pieces) {}

    record Reservation(String order, int product, int pieces) {}

    Inventory(Database database) {
        this.database = database;
        database.define("create table stock (product int primary key, pieces int)");
        database.defineHistory("reservation", "order_id uuid primary key, product int, pieces int");
        database.define("insert into stock select x, 1000000 from system_range(1, 2000)");
    }

    @Override
    public void serve(RoutesConfig routes) {
        routes.get("/stock/{product}", this::stock);
        routes.post("/reservations", this::reserve);
        routes.delete("/reservations/{order}", this::release);
    }

    private void stock(Context ctx) {
        int product = ctx.pathParamAsClass("product", Integer.class).get();
        int pieces =
                database.query("select pieces from stock where product = ?", row -> row.getInt(1), product).stream()
                        .findFirst()
                        .orElse(0);
        ctx.json(new Stock(product, pieces));
        LOG.info("{} pieces of product {} are there", pieces, product);
    }

    private void reserve(Context ctx) {
        Reservation wanted = ctx.bodyAsClass(Reservation.class);
        int taken = database.change(
                "update stock set pieces = pieces - ? where product = ? and pieces >= ?",
                wanted.pieces(),
                wanted.product(),
                wanted.pieces());
        if (taken == 0) {
            throw new ConflictResponse("there are no " + wanted.pieces() + " pieces of product " + wanted.product());
        }
        database.change(
                "insert into reservation (order_id, product, pieces) values (?, ?, ?)",
                UUID.fromString(wanted.order()),
                wanted.product(),
                wanted.pieces());
        ctx.status(201).json(wanted);
        LOG.info("reserved {} pieces of product {}", wanted.pieces(), wanted.product());
    }

    private void release(Context ctx) {
        UUID order = UUID.fromString(ctx.pathParam("order"));
        database.change(
                "update stock s set pieces = pieces + (select r.pieces from reservation r where r.order_id = ?)"
                        + " where product = (select r.product from reservation r where r.order_id = ?)",
                order,
                order);
        database.change("delete from reservation where order_id = ?", order);
        ctx.status(204);
        LOG.info("released what order {} had reserved", order);
    }
}
