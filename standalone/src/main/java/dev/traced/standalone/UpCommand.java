package dev.traced.standalone;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code traced up}: everything in one process. */
@Command(
        name = "up",
        description = "Starts everything in one process: an embedded Kafka broker, unless told of another, the gateway,"
                + " the assembler and the query service on one port.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // the fields are set by picocli
final class UpCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Settings.Api api;

    @Mixin
    private Settings.Receivers receivers;

    @Mixin
    private Settings.Data data;

    @Mixin
    private Settings.Window window;

    @Mixin
    private Settings.Assembly assembly;

    @Mixin
    private Settings.Sampling sampling;

    @Mixin
    private Settings.Tail tail;

    @Mixin
    private Settings.Partitions partitions;

    @Option(
            names = "--kafka-bootstrap-servers",
            paramLabel = "HOST:PORT,...",
            defaultValue = "${env:KAFKA_BOOTSTRAP_SERVERS}",
            description =
                    "A Kafka cluster to use instead of the embedded broker (KAFKA_BOOTSTRAP_SERVERS, default none)")
    private @Nullable String bootstrapServers;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "${env:KAFKA_PORT:-0}",
            description =
                    "The port of the embedded broker on loopback; 0 takes a free one (KAFKA_PORT, default 0, 0..65535)")
    private int kafkaPort;

    @Option(names = "--stop-when-ready", hidden = true, description = "For the launcher, which warms up with it")
    private boolean stopWhenReady;

    @Override
    public Integer call() throws Exception {
        Standalone.Config config = new Standalone.Config(
                data.directory(),
                api.host(),
                api.port(),
                window.window(),
                assembly.traceIdle(),
                sampling.rates(),
                tail.sampling(),
                partitions.partitions(),
                bootstrapServers == null || bootstrapServers.isBlank() ? null : bootstrapServers,
                Settings.inRange(spec, "--kafka-port", "KAFKA_PORT", kafkaPort, 0, 65535),
                receivers.receiving(api.host(), api.port()));
        Standalone standalone = Standalone.start(config);
        PrintWriter out = spec.commandLine().getOut();
        String url = Running.url(api.host(), standalone.port());
        out.println("traced listens on " + url + " (dashboard, POST /spans, GET /traces), keeps "
                + config.window().window().toMinutes() + " minutes in " + config.dataDirectory() + ", Kafka at "
                + standalone.bootstrapServers());
        String further = config.receiving().described();
        if (!further.isEmpty()) {
            out.println("takes " + further);
        }
        out.flush();
        if (stopWhenReady) {
            Running.awaitReady(url, out, Running.jvmStartedNanos());
            standalone.close();
            return 0;
        }
        return Running.untilStopped(url, out, Running.jvmStartedNanos(), standalone);
    }
}
