package dev.traced.ingest;

import dev.traced.http.HttpEdge;
import dev.traced.ingest.json.Batches;
import dev.traced.ingest.publish.SpanPublisher;
import dev.traced.ingest.receive.IngestConfig;
import dev.traced.ingest.receive.IngestMetrics;
import dev.traced.ingest.receive.SpanReceiver;
import dev.traced.model.RollingWindow;
import io.javalin.Javalin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** POST /spans on a real server and a free port, in front of Kafka's own mock of a producer. */
final class Gateway implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final RollingWindow WINDOW = new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5));
    static final IngestConfig CONFIG =
            new IngestConfig(WINDOW, 1 << 20, 4 << 20, Duration.ofSeconds(5), 64 * 1024, Duration.ofSeconds(1));

    final MockProducer<byte[], byte[]> kafka;
    final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    final SpanPublisher publisher;
    private final Javalin server;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Every record is acknowledged at once. */
    static Gateway acknowledging() {
        return new Gateway(true, CONFIG);
    }

    /** A record is acknowledged when the test says so, with {@code kafka.completeNext()}. */
    static Gateway waiting() {
        return new Gateway(false, CONFIG);
    }

    Gateway(boolean acknowledges, IngestConfig config) {
        kafka = new MockProducer<>(
                acknowledges, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
        IngestMetrics ingestMetrics = new IngestMetrics(metrics);
        publisher = new SpanPublisher(kafka, config.publishing(), metrics);
        SpanReceiver spans = new SpanReceiver(config, publisher, ingestMetrics, () -> nanos(NOW));
        server = HttpEdge.create(HttpEdge.Settings.defaults(), routes -> new IngestRoutes(spans).install(routes));
        HttpEdge.start(server, "127.0.0.1", 0);
    }

    static long nanos(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }

    int port() {
        return server.port();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(10));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return post(Batches.utf8(body));
    }

    HttpResponse<String> post(byte[] body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request("/spans").POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    CompletableFuture<HttpResponse<String>> postAsync(String body) {
        HttpRequest request = request("/spans")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    double counted(String name) {
        return metrics.get(name).counter().count();
    }

    double rejected(String reason) {
        return metrics.get("traced.ingest.rejected")
                .tag("reason", reason)
                .counter()
                .count();
    }

    double inFlightBytes() {
        return metrics.get("traced.ingest.in.flight.bytes").gauge().value();
    }

    @Override
    public void close() {
        HttpEdge.stop(server);
        publisher.close();
    }
}
