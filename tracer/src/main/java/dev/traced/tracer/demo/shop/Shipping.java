package dev.traced.tracer.demo.shop;

import io.javalin.config.RoutesConfig;
import java.time.Duration;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what was paid for: reads the orders from Kafka, and has the buyers told. */
final class Shipping implements Service {
    private static final Logger LOG = LoggerFactory.getLogger(Shipping.class);
    private static final Duration POLL = Duration.ofMillis(300);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(10);

    private final KafkaConsumer<String, String> orders;
    private final Database database;
    private final Peer notification;
    private final Thread reader = new Thread(this::read, "orders");
    private volatile boolean closing;

    Shipping(KafkaConsumer<String, String> orders, Database database, Peer notification) {
        this.orders = orders;
        this.database = database;
        this.notification = notification;
        database.defineHistory("shipment", "order_id uuid primary key, parcel varchar");
        reader.start();
    }

    @Override
    public void serve(RoutesConfig routes) {
        routes.get(
                "/parcels/{order}",
                ctx -> ctx.json(database.query(
                        "select parcel from shipment where order_id = ?",
                        row -> row.getString(1),
                        UUID.fromString(ctx.pathParam("order")))));
    }

    /** Ends when nothing is left, so that no order waits for the next run. */
    private void read() {
        try (orders) {
            while (true) {
                boolean isLast = closing;
                ConsumerRecords<String, String> records = orders.poll(POLL);
                for (ConsumerRecord<String, String> record : records) {
                    ship(record);
                }
                if (isLast && records.isEmpty()) {
                    return;
                }
            }
        }
    }

    private void ship(ConsumerRecord<String, String> record) {
        try {
            Orders.Order order = Peer.read(record.value(), Orders.Order.class);
            String parcel = "P-" + order.id().substring(0, 8);
            database.change(
                    "merge into shipment (order_id, parcel) values (?, ?)", UUID.fromString(order.id()), parcel);
            notification.post(
                    "/mails",
                    new Notification.Mail(order.email(), order.id(), parcel, order.amount()),
                    Notification.Sent.class);
            LOG.info("order {} left in parcel {}", order.id(), parcel);
        } catch (RuntimeException e) {
            LOG.error("order {} was not shipped", record.key(), e);
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            reader.join(CLOSE_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
