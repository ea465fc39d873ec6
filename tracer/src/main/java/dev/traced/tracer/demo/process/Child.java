package dev.traced.tracer.demo.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM with our class path that lives no longer than this one: it ends when its standard input does, which the system sees to
 * however this process ends; its main is run by {@link Parent#serve}. One thread uses it.
 */
public final class Child implements AutoCloseable {
    /** Ctrl-C goes to all processes of the terminal: the parent alone decides in which order they end. */
    private static final List<String> IGNORING_SIGNALS = List.of("sh", "-c", "trap '' INT TERM HUP; exec \"$@\"", "sh");

    /** Where the launcher gave us an archive of classes that are loaded and verified, children start quicker with it, too. */
    private static final List<String> SHARED_CLASSES = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.matches("-XX:SharedArchiveFile=.*|-Xshare:.*|-Xlog:.*"))
            .toList();

    private static final String END = "";
    private static final int MAX_UNREAD = 100;

    private final String name;
    private final Process process;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>(MAX_UNREAD);

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        Thread reader = new Thread(this::read, "output of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a main class; what it writes to standard error goes to ours.
     *
     * @param jvm options of the JVM
     */
    public static Child start(String name, List<String> jvm, String mainClass, List<String> arguments) {
        List<String> line = new ArrayList<>(IGNORING_SIGNALS);
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(SHARED_CLASSES);
        line.addAll(jvm);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        line.addAll(arguments);
        try {
            return new Child(
                    name,
                    new ProcessBuilder(line)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().filter(line -> !line.isEmpty()).forEach(this::keep);
        } catch (IOException | UncheckedIOException e) {
            keep("(" + e + ")");
        } finally {
            keep(END);
        }
    }

    private void keep(String line) {
        while (!said.offer(line)) {
            said.poll(); // nobody has asked for what is as old as that
        }
    }

    /**
     * What it says after a word at the beginning of a line.
     *
     * @throws IllegalStateException if it ends or the time is over before it has said so
     */
    public String await(String word, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (true) {
            String line = said.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new IllegalStateException(
                        name + " has not said '" + word + "' within " + within.toSeconds() + " s");
            }
            if (line.equals(END)) {
                throw new IllegalStateException(name + " has ended before it said '" + word + "'");
            }
            if (line.startsWith(word + " ")) {
                return line.substring(word.length() + 1);
            }
        }
    }

    /** Tells it to end, and returns at once. */
    public void end() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            process.destroyForcibly(); // its input is broken: it may never see the end
        }
    }

    /** CPU time so far; zero if it has ended, or where the system does not say. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it, by force if it takes more than the limit. */
    public void end(Duration within) {
        end();
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end(Duration.ofSeconds(20));
    }
}
