package dev.traced.tracer.demo.shop;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes an order of a cart: reserves, charges, writes it down, and tells shipping by Kafka. */
final class Checkout implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(Checkout.class);
    private static final Duration KAFKA_WITHIN = Duration.ofSeconds(4);
    private static final int PAYMENT_REQUIRED = 402;

    private final Peer cart;
    private final Peer inventory;
    private final Peer payment;
    private final Database database;
    private final KafkaProducer<String, String> orders;

    record Purchase(String visitor, String card, String email) {}

    Checkout(Peer cart, Peer inventory, Peer payment, Database database, KafkaProducer<String, String> orders) {
        this.cart = cart;
        this.inventory = inventory;
        this.payment = payment;
        this.database = database;
        this.orders = orders;
        database.defineHistory("purchase", "id uuid primary key, product int, pieces int, amount int");
    }

    @Override
    public void serve(RoutesConfig routes) {
        routes.post("/orders", this::order);
    }

    private void order(Context ctx) {
        Purchase purchase = ctx.bodyAsClass(Purchase.class);
        String id = UUID.randomUUID().toString();
        Cart.Item item = cart.get("/carts/" + purchase.visitor(), Cart.Item.class);
        Orders.Order order =
                new Orders.Order(id, item.product(), item.pieces(), item.pieces() * item.price(), purchase.email());
        inventory.post(
                "/reservations",
                new Inventory.Reservation(id, item.product(), item.pieces()),
                Inventory.Reservation.class);
        try {
            charge(order, purchase.card());
        } catch (Peer.Refused e) {
            inventory.delete("/reservations/" + id);
            ctx.status(e.status() == PAYMENT_REQUIRED ? PAYMENT_REQUIRED : 502).result("the payment failed");
            LOG.warn("order {} was not paid", id);
            return;
        }
        database.change(
                "insert into purchase (id, product, pieces, amount) values (?, ?, ?, ?)",
                UUID.fromString(id),
                order.product(),
                order.pieces(),
                order.amount());
        tellShipping(order);
        cart.delete("/carts/" + purchase.visitor());
        ctx.status(201).json(order);
        LOG.info("order {} of {} cents is on its way", id, order.amount());
    }

    /** Tries twice where the payment itself fails, but not where the card is declined. */
    private void charge(Orders.Order order, String card) {
        try {
            charge(order, card, 1);
        } catch (Peer.Refused e) {
            if (e.status() == PAYMENT_REQUIRED) {
                throw e;
            }
            LOG.warn("trying the payment of order {} again", order.id());
            charge(order, card, 2);
        }
    }

    private void charge(Orders.Order order, String card, int attempt) {
        payment.post("/charges", new Payment.Charge(order.id(), order.amount(), card, attempt), Receipts.Receipt.class);
    }

    private void tellShipping(Orders.Order order) {
        try {
            orders.send(new ProducerRecord<>(Orders.TOPIC, order.id(), Peer.json(order)))
                    .get(KAFKA_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Kafka did not take order " + order.id(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        orders.close(KAFKA_WITHIN);
    }
}
