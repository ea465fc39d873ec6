package dev.traced.standalone;

import dev.traced.tracer.node.NodeLoop;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code traced node}: tracing by JSON messages on standard input and output. */
@Command(
        name = "node",
        description = "Answers JSON messages on standard input, one a line: spans, trace context, sampling, traces.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // the fields are set by picocli
final class NodeCommand implements Callable<Integer> {
    private static final int NAMED = 10;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--node-idle-ms",
            paramLabel = "N",
            defaultValue = "${env:NODE_IDLE_MS:-500}",
            description = "For how long the input has to be quiet before traces close, in milliseconds"
                    + " (NODE_IDLE_MS, default 500, 1..600000)")
    private int idleMs;

    @Override
    public Integer call() throws Exception {
        Settings.inRange(spec, "--node-idle-ms", "NODE_IDLE_MS", idleMs, 1, 600_000);
        // Not System.out, which would not tell that nobody reads any more. Half of the heap is for what is kept.
        List<String> incomplete = NodeLoop.run(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                Duration.ofMillis(idleMs),
                Runtime.getRuntime().maxMemory() / 2);
        if (!incomplete.isEmpty()) {
            List<String> named = incomplete.subList(0, Math.min(NAMED, incomplete.size()));
            spec.commandLine()
                    .getErr()
                    .println("traced: " + incomplete.size() + " traces lack their root or a parent: "
                            + String.join(", ", named) + (named.size() < incomplete.size() ? ", ..." : ""));
        }
        return 0;
    }
}
