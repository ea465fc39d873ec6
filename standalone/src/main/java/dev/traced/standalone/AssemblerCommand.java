package dev.traced.standalone;

import dev.traced.assembler.AssemblerConfig;
import dev.traced.assembler.StreamAssembler;
import dev.traced.assembler.sampling.TailSampling;
import dev.traced.assembler.serving.AssemblerServer;
import dev.traced.ingest.KafkaHealth;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code traced assembler}: puts spans into traces; several share the partitions. */
@Command(
        name = "assembler",
        description =
                "Starts an assembler: topic spans to traces. Several share the partitions between them; each needs"
                        + " a data directory of its own.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // the fields are set by picocli
final class AssemblerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Settings.Brokers brokers;

    @Option(
            names = "--door-port",
            paramLabel = "PORT",
            defaultValue = "${env:DOOR_PORT:-8090}",
            description =
                    "The port of the internal door, which the query service reads through (DOOR_PORT, default 8090, 1..65535)")
    private int doorPort;

    @Option(
            names = "--door-host",
            paramLabel = "HOST",
            defaultValue = "${env:DOOR_HOST:-127.0.0.1}",
            description = "The address the door listens on (DOOR_HOST, default 127.0.0.1)")
    private String doorHost;

    @Option(
            names = "--door-address",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:DOOR_ADDRESS}",
            description = "Where the query service reaches the door (DOOR_ADDRESS, default DOOR_HOST:DOOR_PORT)")
    private @Nullable String doorAddress;

    @Mixin
    private Settings.Data data;

    @Mixin
    private Settings.Window window;

    @Mixin
    private Settings.Assembly assembly;

    @Mixin
    private Settings.Tail tail;

    @Mixin
    private Settings.Replication replication;

    @Option(
            names = "--standbys",
            paramLabel = "N",
            defaultValue = "${env:STANDBYS:-1}",
            description = "Copies of each store that other assemblers keep, to take over at once"
                    + " (STANDBYS, default 1, 0..5)")
    private int standbys;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "${env:THREADS:-2}",
            description = "Threads that read the topic (THREADS, default 2, 1..64)")
    private int threads;

    @Override
    public Integer call() throws Exception {
        Settings.inRange(spec, "--door-port", "DOOR_PORT", doorPort, 1, 65535);
        Settings.inRange(spec, "--standbys", "STANDBYS", standbys, 0, 5);
        Settings.inRange(spec, "--threads", "THREADS", threads, 1, 64);
        String address = doorAddress == null || doorAddress.isBlank() ? doorHost + ":" + doorPort : doorAddress;
        if (Settings.hostAndPort(address) == null) {
            throw new ParameterException(
                    spec.commandLine(), "--door-address (DOOR_ADDRESS) must be host:port, was " + address);
        }
        TailSampling tailSampling = tail.sampling();
        Settings.requireFree(doorHost, doorPort, "DOOR_HOST, DOOR_PORT");
        Admin admin = Provisioning.admin(brokers.bootstrapServers());
        Provisioning.requireTopics(admin, brokers.bootstrapServers(), replication.factor());
        KafkaHealth kafka = new KafkaHealth(admin);
        DataDirectory directory = DataDirectory.hold(data.directory());
        PrometheusMeterRegistry metrics = Metrics.registry();
        AssemblerConfig config = new AssemblerConfig(
                brokers.bootstrapServers(),
                directory.streams(),
                directory.instanceId(),
                address,
                window.window(),
                assembly.traceIdle(),
                replication.factor(),
                standbys,
                threads,
                Standalone.ROCKS_BYTES,
                tailSampling);
        directory.forgetStateOfOthersThan(config.applicationId());
        StreamAssembler assembler = new StreamAssembler(config, WallClock::nowNanos, metrics);
        AssemblerServer door = new AssemblerServer(
                assembler.reader(), assembler::peers, () -> kafka.problem().or(assembler::problem), metrics);
        int port = door.start(doorHost, doorPort);
        assembler.whenDead(Running::fail);
        assembler.start();
        return Running.serve(spec, "assembler", doorHost, port, () -> {
            door.close();
            assembler.close();
            directory.close();
            admin.close(Running.CLIENTS_CLOSE_WITHIN);
        });
    }
}
