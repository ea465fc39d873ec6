package dev.traced.standalone;

import dev.traced.assembler.sampling.TailRulesJson;
import dev.traced.assembler.sampling.TailSampling;
import dev.traced.ingest.otlp.OtlpGrpcServer;
import dev.traced.ingest.receive.Receiver;
import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.model.RollingWindow;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The settings that several commands share; each is an environment variable and a flag of the same meaning. */
@SuppressWarnings("NullAway.Init") // the fields are set by picocli
final class Settings {
    private Settings() {}

    /** A number outside of its range is refused before anything starts. */
    static int inRange(CommandSpec spec, String flag, String variable, int value, int min, int max) {
        if (value < min || value > max) {
            throw new ParameterException(
                    spec.commandLine(), flag + " (" + variable + ") must be " + min + ".." + max + ", was " + value);
        }
        return value;
    }

    /** Says in one line, and before anything starts, that a service could not listen there. */
    static void requireFree(String host, int port, String settings) throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IllegalStateException("cannot listen on " + host + " (" + settings + "): no such host");
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (BindException e) {
            throw new IllegalStateException(
                    "cannot listen on " + host + ":" + port + " (" + settings + "): " + e.getMessage(), e);
        }
    }

    /** {@code host:port} with a port of 1..65535; null if {@code text} is not that. */
    static @Nullable InetSocketAddress hostAndPort(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("\\d{1,5}")) {
            return null;
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        return port < 1 || port > 65535 ? null : InetSocketAddress.createUnresolved(text.substring(0, colon), port);
    }

    static final class Window {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--window-minutes",
                paramLabel = "N",
                defaultValue = "${env:WINDOW_MINUTES:-30}",
                description = "How long a trace can be seen, counted from the start of its root, in minutes"
                        + " (WINDOW_MINUTES, default 30, 1..1440)")
        private int minutes;

        @Option(
                names = "--grace-seconds",
                paramLabel = "N",
                defaultValue = "${env:GRACE_SECONDS:-5}",
                description = "How much longer a trace is shown than spans of its age are taken, in seconds"
                        + " (GRACE_SECONDS, default 5, 0..3600)")
        private int graceSeconds;

        RollingWindow window() {
            inRange(spec, "--window-minutes", "WINDOW_MINUTES", minutes, 1, 1440);
            inRange(spec, "--grace-seconds", "GRACE_SECONDS", graceSeconds, 0, 3600);
            return new RollingWindow(Duration.ofMinutes(minutes), Duration.ofSeconds(graceSeconds));
        }
    }

    static final class Assembly {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--trace-idle-seconds",
                paramLabel = "N",
                defaultValue = "${env:TRACE_IDLE_SECONDS:-5}",
                description = "A trace closes, and goes to topic traces, after so many seconds without a new span"
                        + " (TRACE_IDLE_SECONDS, default 5, 1..600)")
        private int idleSeconds;

        Duration traceIdle() {
            return Duration.ofSeconds(inRange(spec, "--trace-idle-seconds", "TRACE_IDLE_SECONDS", idleSeconds, 1, 600));
        }
    }

    static final class Api {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--http-port",
                paramLabel = "PORT",
                defaultValue = "${env:HTTP_PORT:-8080}",
                description = "The port of the API; 0 takes a free one (HTTP_PORT, default 8080, 0..65535)")
        private int port;

        @Option(
                names = "--http-host",
                paramLabel = "HOST",
                defaultValue = "${env:HTTP_HOST:-0.0.0.0}",
                description = "The address the API listens on; 0.0.0.0 is all (HTTP_HOST, default 0.0.0.0)")
        private String host;

        int port() {
            return inRange(spec, "--http-port", "HTTP_PORT", port, 0, 65535);
        }

        String host() {
            return host;
        }
    }

    /** Where the protocols of others are taken besides the API's own port. */
    static final class Receivers {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--otlp-grpc-port",
                paramLabel = "PORT",
                defaultValue = "${env:OTLP_GRPC_PORT:-4317}",
                description = "The port of OTLP over gRPC; 0 is off (OTLP_GRPC_PORT, default 4317, 0..65535)")
        private int otlpGrpcPort;

        @Option(
                names = "--otlp-http-port",
                paramLabel = "PORT",
                defaultValue = "${env:OTLP_HTTP_PORT:-4318}",
                description = "A further port of the API, which exporters of OTLP over HTTP expect; 0 is off"
                        + " (OTLP_HTTP_PORT, default 4318, 0..65535)")
        private int otlpHttpPort;

        @Option(
                names = "--zipkin-port",
                paramLabel = "PORT",
                defaultValue = "${env:ZIPKIN_PORT:-9411}",
                description = "A further port of the API, which Zipkin's reporters expect; 0 is off"
                        + " (ZIPKIN_PORT, default 9411, 0..65535)")
        private int zipkinPort;

        @Option(
                names = "--otlp-tls-cert",
                paramLabel = "FILE",
                defaultValue = "${env:OTLP_TLS_CERT}",
                description = "A certificate chain in PEM: OTLP over gRPC is then taken with TLS only"
                        + " (OTLP_TLS_CERT, default none)")
        private @Nullable Path tlsCertificate;

        @Option(
                names = "--otlp-tls-key",
                paramLabel = "FILE",
                defaultValue = "${env:OTLP_TLS_KEY}",
                description = "The private key of that certificate, in PEM (OTLP_TLS_KEY, default none)")
        private @Nullable Path tlsKey;

        /** Refuses what cannot be, ports in use included, before anything is started. */
        Receiving receiving(String host, int httpPort) throws IOException {
            inRange(spec, "--otlp-grpc-port", "OTLP_GRPC_PORT", otlpGrpcPort, 0, 65535);
            inRange(spec, "--otlp-http-port", "OTLP_HTTP_PORT", otlpHttpPort, 0, 65535);
            inRange(spec, "--zipkin-port", "ZIPKIN_PORT", zipkinPort, 0, 65535);
            Map<String, Integer> ports = new LinkedHashMap<>();
            ports.put("HTTP_PORT", httpPort);
            ports.put("OTLP_GRPC_PORT", otlpGrpcPort);
            ports.put("OTLP_HTTP_PORT", otlpHttpPort);
            ports.put("ZIPKIN_PORT", zipkinPort);
            Map<Integer, String> taken = new HashMap<>();
            for (Map.Entry<String, Integer> port : ports.entrySet()) {
                String other = port.getValue() == 0 ? null : taken.put(port.getValue(), port.getKey());
                if (other != null) {
                    throw new ParameterException(
                            spec.commandLine(),
                            other + " and " + port.getKey() + " must differ, were both " + port.getValue());
                }
                requireFree(host, port.getValue(), "HTTP_HOST, " + port.getKey());
            }
            return new Receiving(otlpGrpcPort, otlpHttpPort, zipkinPort, tls());
        }

        private OtlpGrpcServer.@Nullable Tls tls() {
            if (tlsCertificate == null && tlsKey == null) {
                return null;
            }
            if (tlsCertificate == null || tlsKey == null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--otlp-tls-cert (OTLP_TLS_CERT) and --otlp-tls-key (OTLP_TLS_KEY) must be set together");
            }
            for (Path file : List.of(tlsCertificate, tlsKey)) {
                if (!Files.isReadable(file)) {
                    throw new ParameterException(
                            spec.commandLine(),
                            "--otlp-tls-cert and --otlp-tls-key must be files: cannot read " + file);
                }
            }
            return new OtlpGrpcServer.Tls(tlsCertificate, tlsKey);
        }
    }

    /** What share of the traces is kept. */
    static final class Sampling {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--sampling-rate",
                paramLabel = "RATE",
                defaultValue = "${env:SAMPLING_RATE:-1}",
                description = "The share of the traces that is kept, by their ids, of those not sampled upstream"
                        + " (SAMPLING_RATE, default 1, 0..1)")
        private String rate;

        @Option(
                names = "--sampling-rates",
                paramLabel = "SERVICE=RATE,...",
                defaultValue = "${env:SAMPLING_RATES}",
                description = "The same for the spans of single services, such as checkout=1,health=0.01"
                        + " (SAMPLING_RATES, default none)")
        private @Nullable String ratesOfServices;

        SamplingRates rates() {
            try {
                return new SamplingRates(
                        SamplingRates.rate("--sampling-rate (SAMPLING_RATE)", rate),
                        ratesOfServices == null
                                ? Map.of()
                                : SamplingRates.ofServices("--sampling-rates (SAMPLING_RATES)", ratesOfServices));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
            }
        }
    }

    /** Which traces are kept when they close. */
    static final class Tail {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--tail-sampling",
                paramLabel = "RULES",
                defaultValue = "${env:TAIL_SAMPLING}",
                description = "Rules in JSON, or @file, that say which traces are kept when they close"
                        + " (TAIL_SAMPLING, default none)")
        private @Nullable String rules;

        TailSampling sampling() {
            try {
                return rules == null ? TailSampling.NONE : TailRulesJson.read(text(rules.trim()));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(
                        spec.commandLine(), "--tail-sampling (TAIL_SAMPLING): " + e.getMessage(), e);
            }
        }

        private static String text(String rules) {
            if (!rules.startsWith("@")) {
                return rules;
            }
            Path file = Path.of(rules.substring(1));
            try {
                if (Files.size(file) > 4L * TailRulesJson.MAX_LENGTH) {
                    throw new IllegalArgumentException(file + " is larger than 4 MiB");
                }
                return Files.readString(file);
            } catch (IOException e) {
                throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
            }
        }
    }

    /** The ports of {@link Receivers}; 0 is off. */
    record Receiving(int otlpGrpcPort, int otlpHttpPort, int zipkinPort, OtlpGrpcServer.@Nullable Tls tls) {
        static final Receiving OFF = new Receiving(0, 0, 0, null);

        List<Integer> httpPorts() {
            return Stream.of(otlpHttpPort, zipkinPort).filter(port -> port != 0).toList();
        }

        /** The gRPC server, unless it is off. */
        Optional<OtlpGrpcServer> startGrpc(String host, Receiver receiver) throws IOException {
            try {
                return otlpGrpcPort == 0
                        ? Optional.empty()
                        : Optional.of(OtlpGrpcServer.start(host, otlpGrpcPort, tls, receiver));
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(
                        "OTLP_TLS_CERT and OTLP_TLS_KEY must be PEM files: " + e.getMessage(), e);
            }
        }

        /** What to say about the further ports. */
        String described() {
            List<String> ports = new ArrayList<>();
            if (otlpGrpcPort != 0) {
                ports.add("OTLP/gRPC on " + otlpGrpcPort + (tls == null ? "" : " (TLS)"));
            }
            if (otlpHttpPort != 0) {
                ports.add("OTLP/HTTP on " + otlpHttpPort);
            }
            if (zipkinPort != 0) {
                ports.add("Zipkin on " + zipkinPort);
            }
            return String.join(", ", ports);
        }
    }

    static final class Data {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--data-dir",
                paramLabel = "DIR",
                defaultValue = "${env:DATA_DIR:-./data}",
                description = "Where state is kept; one instance at a time (DATA_DIR, default ./data)")
        private Path directory;

        Path directory() {
            if (directory.toString().isBlank()) {
                throw new ParameterException(
                        spec.commandLine(), "--data-dir (DATA_DIR) must be a directory, was empty");
            }
            return directory.toAbsolutePath().normalize();
        }
    }

    static final class Brokers {
        @Option(
                names = "--kafka-bootstrap-servers",
                paramLabel = "HOST:PORT,...",
                required = true,
                defaultValue = "${env:KAFKA_BOOTSTRAP_SERVERS}",
                description = "The Kafka cluster (KAFKA_BOOTSTRAP_SERVERS, required)")
        private String bootstrapServers;

        String bootstrapServers() {
            return bootstrapServers;
        }
    }

    static final class Partitions {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--partitions",
                paramLabel = "N",
                defaultValue = "${env:PARTITIONS:-4}",
                description = "Partitions of topic spans when it is created; it cannot grow later"
                        + " (PARTITIONS, default 4, 1..1000)")
        private int partitions;

        int partitions() {
            return inRange(spec, "--partitions", "PARTITIONS", partitions, 1, 1000);
        }
    }

    static final class Replication {
        @Spec(Spec.Target.MIXEE)
        private CommandSpec spec;

        @Option(
                names = "--replication-factor",
                paramLabel = "N",
                defaultValue = "${env:REPLICATION_FACTOR:-1}",
                description = "Replicas of the topics that are created (REPLICATION_FACTOR, default 1, 1..10)")
        private int factor;

        short factor() {
            return (short) inRange(spec, "--replication-factor", "REPLICATION_FACTOR", factor, 1, 10);
        }
    }
}
