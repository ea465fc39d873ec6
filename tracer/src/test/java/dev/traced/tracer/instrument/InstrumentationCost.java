package dev.traced.tracer.instrument;

import com.sun.net.httpserver.HttpServer;
import dev.traced.tracer.Tracing;
import io.javalin.Javalin;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/**
 * What a service's request costs with and without tracing, in CPU time of the whole process, the sending of spans included: a
 * Javalin that asks a second one with the JDK's client, both traced, against a collector that takes all. Prints; asserts nothing.
 *
 * <p>Arguments: requests a round (4,000), rounds of each kind (10). The kinds take turns, and one of them comes twice: what those two
 * differ by is noise.
 */
final class InstrumentationCost {
    private static final com.sun.management.OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);

    private static final int WARM_UP = 5;

    private InstrumentationCost() {}

    public static void main(String[] arguments) throws Exception {
        int requests = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 4_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.setExecutor(Executors.newSingleThreadExecutor());
        collector.start();
        try (Tracing tracing = Tracing.builder("cost")
                .endpoint(
                        URI.create("http://127.0.0.1:" + collector.getAddress().getPort()))
                .build()) {
            List<Javalin> services = List.of(service(null), service(null), service(tracing));
            List<List<Double>> costs = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            HttpClient caller = HttpClient.newHttpClient();
            for (int round = 0; round < WARM_UP + rounds; round++) {
                for (int each = 0; each < services.size(); each++) {
                    double cost = microseconds(caller, services.get(each).port(), requests);
                    if (round >= WARM_UP) {
                        costs.get(each).add(cost);
                    }
                }
            }
            System.out.printf(
                    "median: %.1f µs a request without, %.1f without again, %.1f with 3 spans; %d dropped%n",
                    median(costs.get(0)), median(costs.get(1)), median(costs.get(2)), tracing.dropped());
            services.forEach(Javalin::stop);
            for (int round = 0; round < 4; round++) {
                System.out.printf("a client's span alone: %d ns of its thread%n", clientSpan(tracing));
            }
        }
        System.exit(0);
    }

    /** {@code /outer} asks the same service for {@code /inner}. */
    private static Javalin service(@org.jspecify.annotations.Nullable Tracing tracing) {
        HttpClient plain = HttpClient.newHttpClient();
        HttpClient client = tracing == null ? plain : TracingHttpClient.wrap(plain, tracing);
        return Javalin.create(config -> {
                    config.jetty.port = 0;
                    if (tracing != null) {
                        config.registerPlugin(new JavalinTracing(tracing));
                    }
                    config.routes.get("/inner/{id}", request -> request.result(request.pathParam("id")));
                    config.routes.get(
                            "/outer/{id}",
                            request -> request.result(get(client, request.req().getServerPort(), "/inner/7")));
                })
                .start();
    }

    private static double median(List<Double> costs) {
        return costs.stream().sorted().toList().get(costs.size() / 2);
    }

    private static double microseconds(HttpClient caller, int port, int requests) throws Exception {
        long before = PROCESS.getProcessCpuTime();
        for (int i = 0; i < requests; i++) {
            get(caller, port, "/outer/7");
        }
        return (PROCESS.getProcessCpuTime() - before) / 1_000.0 / requests;
    }

    /** Without the sending, which is another thread's. */
    private static long clientSpan(Tracing tracing) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:80/inner/7"))
                .build();
        InstrumentationScope scope = InstrumentationScope.of(tracing.openTelemetry());
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        int spans = 100_000;
        long before = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < spans; i++) {
            ClientSpan span = ClientSpan.start(scope, request);
            span.carriedBy(request);
            span.span().end();
        }
        return (threads.getCurrentThreadCpuTime() - before) / spans;
    }

    private static String get(HttpClient client, int port, String path) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
