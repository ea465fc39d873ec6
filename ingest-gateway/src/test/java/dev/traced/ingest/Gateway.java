package dev.traced.ingest;

import dev.traced.http.HttpEdge;
import dev.traced.ingest.json.Batches;
import dev.traced.ingest.publish.SpanPublisher;
import dev.traced.ingest.receive.IngestConfig;
import dev.traced.ingest.receive.IngestMetrics;
import dev.traced.ingest.receive.Receiver;
import dev.traced.ingest.sampling.SamplingRates;
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
public final class Gateway implements AutoCloseable {
    public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    public static final RollingWindow WINDOW = new RollingWindow(Duration.ofMinutes(30), Duration.ofSeconds(5));
    public static final IngestConfig CONFIG = new IngestConfig(
            WINDOW, SamplingRates.ALL, 1 << 20, 4 << 20, Duration.ofSeconds(5), 64 * 1024, Duration.ofSeconds(1));

    public final MockProducer<byte[], byte[]> kafka;
    public final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    public final SpanPublisher publisher;
    public final Receiver receiver;
    private final Javalin server;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Every record is acknowledged at once. */
    public static Gateway acknowledging() {
        return new Gateway(true, CONFIG);
    }

    /** A record is acknowledged when the test says so, with {@code kafka.completeNext()}. */
    public static Gateway waiting() {
        return new Gateway(false, CONFIG);
    }

    /** As {@link #acknowledging}; keeps what these rates say. */
    public static Gateway sampling(SamplingRates rates) {
        return new Gateway(true, CONFIG.withSampling(rates));
    }

    public Gateway(boolean acknowledges, IngestConfig config) {
        kafka = new MockProducer<>(
                acknowledges, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer());
        IngestMetrics ingestMetrics = new IngestMetrics(metrics);
        publisher = new SpanPublisher(kafka, config.publishing(), metrics);
        receiver = new Receiver(config, publisher, ingestMetrics, () -> nanos(NOW));
        server = HttpEdge.create(HttpEdge.Settings.defaults(), routes -> new IngestRoutes(receiver).install(routes));
        HttpEdge.start(server, "127.0.0.1", 0);
    }

    public static long nanos(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }

    public int port() {
        return server.port();
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofSeconds(10));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<byte[]> sendForBytes(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    public HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return post(Batches.utf8(body));
    }

    public HttpResponse<String> post(byte[] body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request("/spans").POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    public CompletableFuture<HttpResponse<String>> postAsync(String body) {
        HttpRequest request = request("/spans")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    public double counted(String name) {
        return metrics.get(name).counter().count();
    }

    public double answered(String status) {
        return metrics.get("traced.ingest.answers")
                .tag("status", status)
                .counter()
                .count();
    }

    public double rejected(String reason) {
        return metrics.get("traced.ingest.rejected")
                .tag("reason", reason)
                .counter()
                .count();
    }

    public double inFlightBytes() {
        return metrics.get("traced.ingest.in.flight.bytes").gauge().value();
    }

    @Override
    public void close() {
        HttpEdge.stop(server);
        publisher.close();
    }
}
