package dev.traced.standalone.clients;

import dev.traced.tracer.ActiveSpan;
import dev.traced.tracer.Tracing;
import dev.traced.tracer.instrument.JavalinTracing;
import dev.traced.tracer.instrument.TracingDataSource;
import dev.traced.tracer.instrument.TracingHttpClient;
import dev.traced.tracer.instrument.kafka.KafkaTracing;
import dev.traced.tracer.instrument.logging.TracingLogs;
import io.javalin.Javalin;
import io.opentelemetry.api.trace.SpanKind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.h2.jdbcx.JdbcDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shop whose order goes through all that can be instrumented: {@code GET /orders/{item}} asks its warehouse by HTTP, that its
 * database, and tells billing by Kafka. The README's lines are these. It prints its port and ends when its input does.
 *
 * <p>Arguments: the collector, a Kafka broker.
 */
public final class InstrumentedShop {
    private static final Logger log = LoggerFactory.getLogger("shop.Orders");
    private static final AtomicBoolean ended = new AtomicBoolean();

    private InstrumentedShop() {}

    public static void main(String[] arguments) throws Exception {
        URI collector = URI.create(arguments[0]);
        Map<String, Object> properties = properties(arguments[1]);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", arguments[1]))) {
            admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get();
        }
        try (Tracing tracing = Tracing.builder("shop").endpoint(collector).build();
                Tracing warehouse =
                        Tracing.builder("warehouse").endpoint(collector).build();
                Tracing billing = Tracing.builder("billing").endpoint(collector).build()) {
            TracingLogs.install(tracing);
            Thread bills = new Thread(() -> bill(properties, billing));
            bills.start();
            Javalin stock = warehouse(properties, warehouse);
            Javalin orders = shop(stock.port(), tracing);
            System.out.println("port " + orders.port());
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
            ended.set(true);
            bills.join();
            orders.stop();
            stock.stop();
        }
    }

    private static Javalin shop(int warehouse, Tracing tracing) {
        HttpClient client = TracingHttpClient.wrap(HttpClient.newHttpClient(), tracing);
        return Javalin.create(config -> {
                    config.jetty.port = 0;
                    config.registerPlugin(new JavalinTracing(tracing));
                    config.routes.get("/orders/{item}", request -> {
                        String left = ask(client, warehouse, request.pathParam("item"));
                        try (ActiveSpan span = tracing.start("charge", SpanKind.INTERNAL)) {
                            span.attribute("card.brand", "visa");
                            log.info("charged, {} left", left);
                        }
                        request.result(left);
                    });
                })
                .start();
    }

    private static String ask(HttpClient client, int warehouse, String item) throws Exception {
        URI stock = URI.create("http://127.0.0.1:" + warehouse + "/stock/" + item);
        return client.send(
                        HttpRequest.newBuilder(stock)
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static Javalin warehouse(Map<String, Object> properties, Tracing tracing) throws SQLException {
        JdbcDataSource pool = new JdbcDataSource();
        pool.setURL("jdbc:h2:mem:stock;DB_CLOSE_DELAY=-1");
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE stock(item VARCHAR(20), quantity INT)");
            statement.execute("INSERT INTO stock VALUES ('book', 7)");
        }
        DataSource database = TracingDataSource.wrap(pool, tracing);
        Producer<String, String> producer = new KafkaProducer<>(KafkaTracing.producer(properties, tracing));
        return Javalin.create(config -> {
                    config.jetty.port = 0;
                    config.registerPlugin(new JavalinTracing(tracing));
                    config.routes.get("/stock/{item}", request -> {
                        request.result(quantity(database, request.pathParam("item")));
                        producer.send(new ProducerRecord<>("orders", request.pathParam("item")));
                    });
                })
                .start();
    }

    private static String quantity(DataSource database, String item) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement query =
                        connection.prepareStatement("SELECT quantity FROM stock WHERE item = ? AND item <> 'secret'")) {
            query.setString(1, item);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    private static void bill(Map<String, Object> properties, Tracing tracing) {
        Consumer<String, String> consumer = new KafkaConsumer<>(KafkaTracing.consumer(properties, tracing));
        try (consumer) {
            consumer.subscribe(List.of("orders"));
            while (!ended.get()) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    log.info("billed {}", record.value());
                }
            }
        }
    }

    private static Map<String, Object> properties(String broker) {
        return Map.of(
                "bootstrap.servers", broker,
                "key.serializer", "org.apache.kafka.common.serialization.StringSerializer",
                "value.serializer", "org.apache.kafka.common.serialization.StringSerializer",
                "key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer",
                "value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer",
                "group.id", "billing",
                "auto.offset.reset", "earliest");
    }
}
