package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.testing.verify.wire.TracedClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command of ours in a JVM of its own, so that it can be killed, stopped and paused. Used by one thread. */
public final class TracedProcess implements AutoCloseable {
    /** A JVM that starts quickly. */
    static final List<String> JAVA = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");

    private static final Pattern LISTENS = Pattern.compile("listens on (?:http://localhost:|port )(\\d+)");
    private static final Pattern READY = Pattern.compile("ready after");
    private static final Duration START_WITHIN = Duration.ofSeconds(90);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final int FIRST_PORT = 12_000;
    private static final int PORTS = 20_000;
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 997 % PORTS));

    private final String command;
    private final Process process;
    private final long startedNanos = System.nanoTime();
    private final Output out;
    private final Output err;

    private TracedProcess(String command, Process process) {
        this.command = command;
        this.process = process;
        this.out = new Output(process.getInputStream());
        this.err = new Output(process.getErrorStream());
    }

    /** Tests run beside each other; one that wants a further port asks for a free one. */
    private static final Map<String, String> NO_FIXED_PORTS =
            Map.of("OTLP_GRPC_PORT", "0", "OTLP_HTTP_PORT", "0", "ZIPKIN_PORT", "0");

    /** Runs {@code traced} with these arguments; returns at once. */
    static TracedProcess run(String... arguments) {
        return run(Map.of(), arguments);
    }

    /** Runs {@code traced} with these arguments and environment variables; returns at once. */
    public static TracedProcess run(Map<String, String> environment, String... arguments) {
        List<String> line = new ArrayList<>(JAVA);
        line.addAll(ClassArchive.jvm());
        line.add(Traced.class.getName());
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().putAll(NO_FIXED_PORTS);
        builder.environment().putAll(environment);
        try {
            return new TracedProcess(String.join(" ", arguments), builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code traced up} on a port that the system chooses, once it is ready. */
    static TracedProcess up(Path data, String... more) {
        return up(data, 0, more).awaitReady();
    }

    /** {@code traced up} on this port; returns at once. */
    static TracedProcess up(Path data, int port, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("up", "--data-dir", data.toString(), "--http-port", Integer.toString(port)));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    /**
     * A port that is free now, for what cannot choose one itself. It is below those that the system gives to connections, which
     * would take it before it is used; no other call gets it, nor, as a rule, another process of tests.
     */
    public static int freePort() {
        while (true) {
            int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException e) {
                continue; // taken: the next one
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Waits until it says that it is ready. */
    public TracedProcess awaitReady() {
        out.await(READY, this);
        return this;
    }

    /** Waits until it has said this on standard output; what it said. */
    String awaitLine(Pattern line) {
        return out.await(line, this).text();
    }

    /** The processes it has started, and theirs. */
    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /** How long it took from the start of the process until it was ready. */
    Duration readyAfter() {
        return Duration.ofNanos(out.await(READY, this).seenNanos() - startedNanos);
    }

    int port() {
        Matcher listens = LISTENS.matcher(out.await(LISTENS, this).text());
        assertThat(listens.find()).isTrue();
        return Integer.parseInt(listens.group(1));
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /** A counter or gauge without labels, as {@code GET /metrics} has it now. */
    public double metric(String name) {
        try {
            String metrics = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(url().resolve("/metrics"))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return metrics.lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no " + name + " in\n" + metrics));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public TracedClient client() {
        return new TracedClient(url());
    }

    /** SIGKILL, and waits until it is gone. */
    public void kill() {
        process.toHandle().destroyForcibly(); // the process itself would close the pipes, with what is still in them
        awaitEnd(Duration.ofSeconds(20));
    }

    /** SIGTERM; fails unless it ends in time. Returns how long it took. */
    public Duration stop() {
        return stop(STOP_WITHIN);
    }

    Duration stop(Duration within) {
        long start = System.nanoTime();
        process.toHandle().destroy();
        awaitEnd(within);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** SIGSTOP: it keeps its memory and its connections, and does nothing. */
    void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            assertThat(kill.waitFor()).as("kill -" + name).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Writes to its standard input, at once. */
    void say(String text) {
        try {
            process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends its standard input. */
    void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The exit code; fails if it does not end in time. */
    public int awaitEnd(Duration within) {
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("'" + command + "' has not ended within " + within + "\n" + output());
            }
            out.join();
            err.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    public List<String> stdout() {
        return out.lines();
    }

    List<String> stderr() {
        return err.lines();
    }

    /** All it said, for a failure. */
    public String output() {
        String state = process.isAlive() ? "running" : "exit code " + process.exitValue();
        return "--- '" + command + "', " + state + ", stdout\n" + String.join("\n", stdout()) + "\n--- stderr\n"
                + String.join("\n", stderr());
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    private record Line(String text, long seenNanos) {}

    /** One stream of the process, read by a thread of its own. */
    private static final class Output {
        private final List<Line> lines = new ArrayList<>();
        private final Thread reader;
        private boolean ended;

        Output(InputStream stream) {
            reader = new Thread(() -> read(stream), "output");
            reader.setDaemon(true);
            reader.start();
        }

        private void read(InputStream stream) {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                String line;
                while ((line = in.readLine()) != null) {
                    add(new Line(line, System.nanoTime()));
                }
            } catch (IOException e) {
                add(new Line("(the stream broke: " + e + ")", System.nanoTime()));
            } finally {
                end();
            }
        }

        private synchronized void add(Line line) {
            lines.add(line);
            notifyAll();
        }

        private synchronized void end() {
            ended = true;
            notifyAll();
        }

        synchronized List<String> lines() {
            return lines.stream().map(Line::text).toList();
        }

        void join() throws InterruptedException {
            reader.join(2_000);
        }

        synchronized Line await(Pattern wanted, TracedProcess process) {
            long deadline = System.nanoTime() + START_WITHIN.toNanos();
            try {
                while (true) {
                    for (Line line : lines) {
                        if (wanted.matcher(line.text()).find()) {
                            return line;
                        }
                    }
                    long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                    if (ended || leftMs <= 0) {
                        throw new AssertionError("no line with '" + wanted + "'\n" + process.output());
                    }
                    wait(leftMs);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
