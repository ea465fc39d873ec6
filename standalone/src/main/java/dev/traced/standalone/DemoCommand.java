package dev.traced.standalone;

import dev.traced.tracer.demo.Collector;
import dev.traced.tracer.demo.Demo;
import dev.traced.tracer.demo.process.Child;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code traced demo}: a shop to look at. */
@Command(
        name = "demo",
        description =
                "Opens a small shop of services that are processes of their own, and lets visitors come. Where traced does"
                        + " not run yet, it is started too, and what it keeps is gone in the end.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // the fields are set by picocli
final class DemoCommand implements Callable<Integer> {
    private static final List<String> BACKEND_JVM =
            List.of("-Xms512m", "-Xmx512m", "-XX:+UseParallelGC", "-XX:+ExitOnOutOfMemoryError");
    private static final List<String> KAFKA_JVM = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final Duration START_WITHIN = Duration.ofSeconds(60);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            defaultValue = "${env:HTTP_PORT:-8080}",
            description =
                    "The port of the API of traced on this machine, which is started if nothing answers there; 0 starts"
                            + " one on a free port (HTTP_PORT, default 8080, 0..65535)")
    private int port;

    @Option(
            names = {"--url", "--demo-url"},
            paramLabel = "URL",
            defaultValue = "${env:DEMO_URL}",
            description = "A traced that runs elsewhere (DEMO_URL, default none)")
    private @Nullable URI url;

    @Option(
            names = {"--rate", "--demo-rate"},
            paramLabel = "N",
            defaultValue = "${env:DEMO_RATE:-5}",
            description = "Requests a second, whether or not those before were answered (DEMO_RATE, default 5, 1..500)")
    private int rate;

    @Option(
            names = {"--duration", "--demo-duration"},
            paramLabel = "SECONDS",
            defaultValue = "${env:DEMO_DURATION}",
            description =
                    "Ends after so long, not with Ctrl-C, and compares every trace that was begun with what traced has; the"
                            + " exit code is 1 if anything is missing (DEMO_DURATION, default none, 1..600)")
    private @Nullable Integer duration;

    @Option(
            names = "--no-tracing",
            description = "The same shop without instrumentation: what it takes of the CPU can be compared")
    private boolean noTracing;

    @Option(
            names = {"--seed", "--demo-seed"},
            paramLabel = "N",
            defaultValue = "${env:DEMO_SEED:-1}",
            description = "Visitors do the same in each run with the same seed (DEMO_SEED, default 1)")
    private long seed;

    @Option(
            names = "--kafka-bootstrap-servers",
            paramLabel = "HOST:PORT,...",
            defaultValue = "${env:KAFKA_BOOTSTRAP_SERVERS}",
            description =
                    "The Kafka cluster that orders go through, by topic traced-demo-orders; without, one is started"
                            + " (KAFKA_BOOTSTRAP_SERVERS, default none)")
    private @Nullable String bootstrapServers;

    @Override
    public Integer call() throws Exception {
        check();
        CountDownLatch ended = new CountDownLatch(1);
        interruptWhenStopped(Thread.currentThread(), ended);
        try {
            return run() ? 0 : 1;
        } catch (InterruptedException e) {
            return 0; // stopped before the shop was open
        } finally {
            ended.countDown();
        }
    }

    private void check() {
        Settings.inRange(spec, "--http-port", "HTTP_PORT", port, 0, 65535);
        Settings.inRange(spec, "--rate", "DEMO_RATE", rate, 1, 500);
        if (duration != null) {
            Settings.inRange(spec, "--duration", "DEMO_DURATION", duration, 1, 600);
        }
        if (url != null && (url.getHost() == null || !"http".equals(url.getScheme()))) {
            throw new ParameterException(spec.commandLine(), "--url (DEMO_URL) must be http://host:port, was " + url);
        }
    }

    /** The main thread closes everything in its order; the JVM waits for it. */
    private static void interruptWhenStopped(Thread main, CountDownLatch ended) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            main.interrupt();
                            try {
                                ended.await(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "stop"));
    }

    private boolean run() throws InterruptedException {
        URI api = url == null ? local(port) : url;
        if ((url != null || port != 0) && new Collector(api).answers()) {
            return bootstrapServers == null ? withKafka(api) : visit(api, bootstrapServers);
        }
        if (url != null) {
            throw new IllegalStateException("--url (DEMO_URL): no traced answers at " + url);
        }
        return withBackend();
    }

    private boolean withBackend() throws InterruptedException {
        String why = port == 0 ? "" : "nothing answers on port " + port + ": ";
        say(why + "starting traced, which keeps what it is sent until the demo ends");
        try (Child backend = start("traced", BACKEND_JVM, List.of(Integer.toString(port)))) {
            URI api = local(Integer.parseInt(backend.await("port", START_WITHIN)));
            String kafka = backend.await("kafka", START_WITHIN);
            return visit(api, bootstrapServers == null ? kafka : bootstrapServers);
        }
    }

    private static URI local(int port) {
        return URI.create("http://localhost:" + port);
    }

    private boolean withKafka(URI api) throws InterruptedException {
        try (Child kafka = start("Kafka", KAFKA_JVM, List.of())) {
            return visit(api, kafka.await("kafka", START_WITHIN));
        }
    }

    private static Child start(String name, List<String> jvm, List<String> arguments) {
        return Child.start(name, jvm, DemoBackend.class.getName(), arguments);
    }

    private boolean visit(URI api, String kafka) throws InterruptedException {
        Duration time = duration == null ? null : Duration.ofSeconds(duration);
        Demo.Settings settings = new Demo.Settings(api, kafka, rate, time, !noTracing, seed);
        return new Demo(settings, spec.commandLine().getOut()).run();
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
