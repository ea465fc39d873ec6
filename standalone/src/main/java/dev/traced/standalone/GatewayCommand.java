package dev.traced.standalone;

import dev.traced.http.HttpEdge;
import dev.traced.ingest.IngestServer;
import dev.traced.ingest.KafkaHealth;
import dev.traced.ingest.otlp.OtlpGrpcServer;
import dev.traced.ingest.publish.SpanPublisher;
import dev.traced.ingest.receive.IngestConfig;
import dev.traced.ingest.receive.IngestMetrics;
import dev.traced.ingest.receive.Receiver;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code traced gateway}: takes spans in, and passes reads on, so that one address serves the whole API. */
@Command(
        name = "gateway",
        description = "Starts a gateway: POST /spans to topic spans; GET /traces is passed on to the query service.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // the fields are set by picocli
final class GatewayCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Settings.Brokers brokers;

    @Mixin
    private Settings.Api api;

    @Option(
            names = "--query-url",
            paramLabel = "URL",
            defaultValue = "${env:QUERY_URL:-http://127.0.0.1:8081}",
            description = "The query service (QUERY_URL, default http://127.0.0.1:8081)")
    private URI queryUrl;

    @Mixin
    private Settings.Receivers receivers;

    @Mixin
    private Settings.Window window;

    @Mixin
    private Settings.Sampling sampling;

    @Override
    public Integer call() throws Exception {
        int port = api.port();
        if (queryUrl.getHost() == null || !List.of("http", "https").contains(queryUrl.getScheme())) {
            throw new ParameterException(
                    spec.commandLine(), "--query-url (QUERY_URL) must be http://host:port, was " + queryUrl);
        }
        Settings.Receiving receiving = receivers.receiving(api.host(), port);
        IngestConfig config = IngestConfig.withDefaults(window.window()).withSampling(sampling.rates());
        PrometheusMeterRegistry metrics = Metrics.registry();
        IngestMetrics ingestMetrics = new IngestMetrics(metrics);
        Admin admin = Provisioning.admin(brokers.bootstrapServers());
        SpanPublisher publisher = SpanPublisher.connect(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers.bootstrapServers()),
                config.publishing(),
                metrics);
        Receiver receiver = new Receiver(config, publisher, ingestMetrics, WallClock::nowNanos);
        IngestServer server = new IngestServer(
                receiver,
                publisher,
                new KafkaHealth(admin),
                queryUrl,
                metrics,
                HttpEdge.Settings.defaults().withFurtherPorts(receiving.httpPorts()));
        server.start(api.host(), port);
        Optional<OtlpGrpcServer> grpc = receiving.startGrpc(api.host(), receiver);
        return Running.serve(spec, "gateway", api.host(), server.port(), () -> {
            grpc.ifPresent(OtlpGrpcServer::close);
            server.close();
            admin.close(Running.CLIENTS_CLOSE_WITHIN);
        });
    }
}
