package dev.traced.standalone;

import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.tracer.Tracing;
import dev.traced.tracer.TracingBuilder;
import dev.traced.tracer.sidecar.Sidecar;
import dev.traced.tracer.sidecar.SidecarConfig;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code traced sidecar}: a reverse proxy that gives a service its server spans. */
@Command(
        name = "sidecar",
        description =
                "Starts a reverse proxy before an HTTP service in any language: each request becomes a span of the"
                        + " service, and goes on with its context. HTTP/1.1 and WebSockets.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // the fields are set by picocli
final class SidecarCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"--listen", "--sidecar-listen"},
            paramLabel = "[HOST:]PORT",
            required = true,
            defaultValue = "${env:SIDECAR_LISTEN}",
            description =
                    "Where it takes the requests for the service; the host is 0.0.0.0 unless said, a port of 0 takes a"
                            + " free one (SIDECAR_LISTEN, required)")
    private String listen;

    @Option(
            names = {"--upstream", "--sidecar-upstream"},
            paramLabel = "URL",
            required = true,
            defaultValue = "${env:SIDECAR_UPSTREAM}",
            description = "The service: http://HOST[:PORT] (SIDECAR_UPSTREAM, required)")
    private String upstream;

    @Option(
            names = {"--service", "--otel-service-name"},
            paramLabel = "NAME",
            required = true,
            defaultValue = "${env:OTEL_SERVICE_NAME}",
            description = "The service's name in its traces (OTEL_SERVICE_NAME, required)")
    private String service;

    @Option(
            names = {"--endpoint", "--otel-exporter-otlp-endpoint"},
            paramLabel = "URL",
            defaultValue = "${env:OTEL_EXPORTER_OTLP_ENDPOINT:-http://localhost:4318}",
            description = "Where spans go, by OTLP over HTTP; it need not be there"
                    + " (OTEL_EXPORTER_OTLP_ENDPOINT, default http://localhost:4318)")
    private String endpoint;

    @Option(
            names = "--sampling-rate",
            paramLabel = "RATE",
            defaultValue = "${env:SAMPLING_RATE:-1}",
            description =
                    "The share of the traces that begin here which is kept, by their ids; one that began before is kept"
                            + " if its caller says so (SAMPLING_RATE, default 1, 0..1)")
    private String samplingRate;

    @Option(
            names = {"--timeout", "--sidecar-timeout"},
            paramLabel = "SECONDS",
            defaultValue = "${env:SIDECAR_TIMEOUT:-60}",
            description = "How long the service may be silent before it answers; then 504"
                    + " (SIDECAR_TIMEOUT, default 60, 1..3600)")
    private int timeout;

    @Override
    public Integer call() throws Exception {
        Settings.inRange(spec, "--timeout", "SIDECAR_TIMEOUT", timeout, 1, 3600);
        SidecarConfig config = config();
        Settings.requireFree(config.host(), config.port(), "SIDECAR_LISTEN");
        Tracing tracing = tracing();
        Sidecar sidecar = Sidecar.start(config, tracing);
        PrintWriter out = spec.commandLine().getOut();
        out.println("traced sidecar listens on " + Running.url(config.host(), sidecar.port()) + " for " + service
                + " at " + config.upstream() + ", sends spans to " + endpoint);
        out.flush();
        return Running.untilStopped(() -> {
            sidecar.close();
            tracing.close();
        });
    }

    private SidecarConfig config() {
        InetSocketAddress address = address(listen);
        if (address == null) {
            throw wrong("--listen (SIDECAR_LISTEN) must be [HOST:]PORT, was " + listen);
        }
        try {
            return new SidecarConfig(
                    address.getHostString(), address.getPort(), URI.create(upstream), Duration.ofSeconds(timeout));
        } catch (IllegalArgumentException e) {
            throw wrong("--upstream (SIDECAR_UPSTREAM) must be http://HOST[:PORT], was " + upstream);
        }
    }

    private static @Nullable InetSocketAddress address(String listen) {
        String full = listen.matches("\\d+") ? "0.0.0.0:" + listen : listen;
        return full.matches(".+:0")
                ? InetSocketAddress.createUnresolved(full.substring(0, full.length() - 2), 0)
                : Settings.hostAndPort(full);
    }

    private Tracing tracing() {
        if (service.isBlank()) {
            throw wrong("--service (OTEL_SERVICE_NAME) must not be empty");
        }
        TracingBuilder tracing = Tracing.builder(service).sampling(rate());
        try {
            tracing.endpoint(URI.create(endpoint));
        } catch (IllegalArgumentException e) {
            throw wrong("--endpoint (OTEL_EXPORTER_OTLP_ENDPOINT) must be http://HOST[:PORT], was " + endpoint);
        }
        return tracing.build();
    }

    private double rate() {
        try {
            return SamplingRates.rate("--sampling-rate (SAMPLING_RATE)", samplingRate);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
