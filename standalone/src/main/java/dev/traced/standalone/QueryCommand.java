package dev.traced.standalone;

import dev.traced.query.AssemblerDirectory;
import dev.traced.query.LiveRoutes;
import dev.traced.query.QueryServer;
import dev.traced.query.TraceReader;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code traced query}: GET /traces over all assemblers. */
@Command(
        name = "query",
        description = "Starts a query service: GET /traces, answered from the stores of the assemblers.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // the fields are set by picocli
final class QueryCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Settings.Brokers brokers;

    @Option(
            names = "--query-port",
            paramLabel = "PORT",
            defaultValue = "${env:QUERY_PORT:-8081}",
            description = "The port of the query service; 0 takes a free one (QUERY_PORT, default 8081, 0..65535)")
    private int port;

    @Option(
            names = "--query-host",
            paramLabel = "HOST",
            defaultValue = "${env:QUERY_HOST:-127.0.0.1}",
            description = "The address it listens on (QUERY_HOST, default 127.0.0.1)")
    private String host;

    @Option(
            names = "--assemblers",
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "${env:ASSEMBLERS:-127.0.0.1:8090}",
            description = "Doors of assemblers; the others are learned from them (ASSEMBLERS, default 127.0.0.1:8090)")
    private List<String> assemblers;

    @Override
    public Integer call() throws Exception {
        Settings.inRange(spec, "--query-port", "QUERY_PORT", port, 0, 65535);
        for (String assembler : assemblers) {
            if (Settings.hostAndPort(assembler) == null) {
                throw new ParameterException(
                        spec.commandLine(), "--assemblers (ASSEMBLERS) must be host:port,..., was " + assembler);
            }
        }
        Settings.requireFree(host, port, "QUERY_HOST, QUERY_PORT");
        Admin admin = Provisioning.admin(brokers.bootstrapServers());
        PrometheusMeterRegistry metrics = Metrics.registry();
        QueryServer server = new QueryServer(
                new TraceReader(admin, new AssemblerDirectory(assemblers), Standalone.READ_TIMEOUT),
                new LiveRoutes(brokers.bootstrapServers(), admin, metrics),
                WallClock::nowNanos,
                metrics);
        int listening = server.start(host, port);
        return Running.serve(spec, "query service", host, listening, () -> {
            server.close();
            admin.close(Running.CLIENTS_CLOSE_WITHIN);
        });
    }
}
