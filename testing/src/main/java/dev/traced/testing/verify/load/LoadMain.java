package dev.traced.testing.verify.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The load tool's command line. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = {
            "Posts spans to a traced server and prints what it accepted each second and in all.",
            "Exit code 0 when something was accepted, 1 when nothing was, 2 for a wrong option."
        })
public final class LoadMain implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec command;

    @Option(names = "--url", description = "base URL of the server, http only")
    private URI url = URI.create("http://localhost:8080");

    @Option(names = "--workers", description = "connections; each has one request in flight")
    private int workers = 16;

    @Option(names = "--seconds", description = "how long to post")
    private int seconds = 30;

    @Option(
            names = "--rate",
            description = "spans per second in all; 0 = as fast as possible. With a rate, the latency of a post counts"
                    + " from when it was due")
    private long rate;

    @Option(names = "--batch", description = "spans per request, 1..500")
    private int batch = 100;

    @Option(
            names = "--spans-per-trace",
            description = "the first of them is the root; a trace never spans two requests")
    private int spansPerTrace = 4;

    @Option(names = "--seed", description = "of the random ids; a repeated seed repeats the ids")
    private long seed = System.nanoTime();

    @Option(
            names = "--warmup",
            description = "seconds to post before, uncounted, for the server's and our own compiler")
    private int warmup;

    @Option(
            names = "--visible",
            description =
                    "after a 202, ask for one of its traces at once and time until it is complete; at most ten times"
                            + " a second per worker")
    private boolean visible;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new LoadMain()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        LoadSettings settings = settings(seconds, seed);
        if (warmup > 0) {
            // Other ids: the same again would be duplicates.
            new LoadRun(settings(warmup, ~seed), new PrintStream(OutputStream.nullOutputStream(), true, UTF_8)).run();
        }
        LoadResult result = new LoadRun(settings, System.out).run();
        return result.acceptedSpans() > 0 ? 0 : 1;
    }

    private LoadSettings settings(int duration, long seedOfRun) {
        try {
            return new LoadSettings(
                    url, workers, Duration.ofSeconds(duration), rate, batch, spansPerTrace, seedOfRun, visible);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }
}
