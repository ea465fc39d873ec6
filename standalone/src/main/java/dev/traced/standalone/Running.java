package dev.traced.standalone;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;

/** The running of a command that serves until it is told to stop. */
final class Running {
    static final Duration CLIENTS_CLOSE_WITHIN = Duration.ofSeconds(1);

    private static final Duration READY_WITHIN = Duration.ofMinutes(10);

    private Running() {}

    /** Says where a service listens and serves until stopped. */
    static int serve(CommandSpec command, String name, String host, int port, AutoCloseable server)
            throws InterruptedException {
        PrintWriter out = command.commandLine().getOut();
        out.println("traced " + name + " listens on port " + port);
        out.flush();
        return untilStopped(url(host, port), out, jvmStartedNanos(), server);
    }

    /** Where a service that listens on this address can be reached from here. */
    static String url(String host, int port) {
        boolean isEverywhere = Set.of("0.0.0.0", "::", "").contains(host);
        String reached = isEverywhere ? "localhost" : host;
        return "http://" + (reached.contains(":") ? "[" + reached + "]" : reached) + ":" + port;
    }

    /** When this process started, on the scale of {@link System#nanoTime}. */
    static long jvmStartedNanos() {
        return System.nanoTime()
                - TimeUnit.MILLISECONDS.toNanos(
                        ManagementFactory.getRuntimeMXBean().getUptime());
    }

    /** Says when the server is ready, and serves until SIGTERM or SIGINT; then closes it. */
    static int untilStopped(String baseUrl, PrintWriter out, long startedNanos, AutoCloseable server)
            throws InterruptedException {
        CountDownLatch stopped = closedAtTheEnd(server);
        awaitReady(baseUrl, out, startedNanos);
        stopped.await();
        return 0;
    }

    /** Runs until SIGTERM or SIGINT; then closes the server. For what is ready as soon as it has started. */
    static int untilStopped(AutoCloseable server) throws InterruptedException {
        closedAtTheEnd(server).await();
        return 0;
    }

    private static CountDownLatch closedAtTheEnd(AutoCloseable server) {
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server, stopped), "stop"));
        return stopped;
    }

    /** Ends the process, closing what is open: what cannot be mended from inside may be by a new start. */
    static void fail() {
        System.err.println("traced: the assembler has stopped for good; see above. Ending.");
        System.exit(1);
    }

    private static void close(AutoCloseable server, CountDownLatch stopped) {
        try {
            server.close();
        } catch (Exception e) {
            System.err.println("traced: did not stop cleanly: " + e);
        } finally {
            stopped.countDown();
        }
    }

    static void awaitReady(String baseUrl, PrintWriter out, long startedNanos) throws InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(2))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        HttpRequest health = HttpRequest.newBuilder(URI.create(baseUrl + "/health"))
                .timeout(Duration.ofSeconds(10))
                .build();
        long saidAt = System.nanoTime();
        String last = "";
        while (System.nanoTime() - startedNanos < READY_WITHIN.toNanos()) {
            try {
                HttpResponse<String> answer = client.send(health, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    out.printf("ready after %.1f s%n", (System.nanoTime() - startedNanos) / 1e9);
                    out.flush();
                    return;
                }
                last = answer.body().replaceFirst("^\\{\"error\":\"(.*)\"\\}$", "$1");
            } catch (java.io.IOException e) {
                last = e.toString();
            }
            if (System.nanoTime() - saidAt > Duration.ofSeconds(5).toNanos()) {
                saidAt = System.nanoTime();
                out.println("not ready yet: " + last);
                out.flush();
            }
            Thread.sleep(20);
        }
        out.println("still not ready: " + last);
        out.flush();
    }
}
