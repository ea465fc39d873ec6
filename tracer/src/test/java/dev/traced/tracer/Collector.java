package dev.traced.tracer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A collector of OTLP over HTTP that keeps what it takes, and can be told not to. Any thread. */
public final class Collector implements AutoCloseable {
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpServer server;
    private final List<ExportTraceServiceRequest> traces = new CopyOnWriteArrayList<>();
    private final List<ExportLogsServiceRequest> logs = new CopyOnWriteArrayList<>();
    private final List<String> paths = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile int status = 200;
    private volatile int retryAfterSeconds = -1;
    private volatile int rejected;
    private volatile boolean hangs;
    private volatile boolean forgets;

    public Collector() {
        this(0);
    }

    /** @param port 0 takes a free one */
    Collector(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(executor);
        server.createContext("/", this::answer);
        server.start();
    }

    /** A port that nobody listens on. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (!forgets) {
            paths.add(exchange.getRequestURI().getPath());
        }
        if (hangs) {
            awaitClose();
            return;
        }
        int answer = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? 503 : status;
        if (answer == 200 && !forgets) {
            take(exchange.getRequestURI().getPath(), body);
        } else if (answer != 200 && retryAfterSeconds >= 0) {
            exchange.getResponseHeaders().add("Retry-After", Integer.toString(retryAfterSeconds));
        }
        byte[] response = answer == 200 && rejected > 0 ? partialSuccess() : new byte[0];
        exchange.sendResponseHeaders(answer, response.length == 0 ? -1 : response.length);
        exchange.getResponseBody().write(response);
        exchange.close();
    }

    /** The response to logs has the same form. */
    private byte[] partialSuccess() {
        return ExportTraceServiceResponse.newBuilder()
                .setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                        .setErrorMessage("stale")
                        .setRejectedSpans(rejected))
                .build()
                .toByteArray();
    }

    private void take(String path, byte[] body) throws IOException {
        if (path.endsWith("/v1/traces")) {
            traces.add(ExportTraceServiceRequest.parseFrom(body));
        } else if (path.endsWith("/v1/logs")) {
            logs.add(ExportLogsServiceRequest.parseFrom(body));
        }
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + port());
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** From now on every request gets this status. */
    void answers(int status) {
        this.status = status;
    }

    /** The next so many requests get a 503, with that {@code Retry-After}. */
    void isBusyFor(int requests, int retryAfterSeconds) {
        this.retryAfterSeconds = retryAfterSeconds;
        refusals.set(requests);
    }

    /** From now on it says of each request that it did not want so many in it. */
    void rejects(int items) {
        rejected = items;
    }

    /** From now on no request is answered. */
    void hangs() {
        hangs = true;
    }

    /** From now on it keeps nothing of what it takes. */
    void forgets() {
        forgets = true;
    }

    int requests() {
        return paths.size();
    }

    List<String> paths() {
        return List.copyOf(paths);
    }

    List<ExportTraceServiceRequest> traceRequests() {
        return List.copyOf(traces);
    }

    public List<Span> spans() {
        return traces.stream()
                .flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .toList();
    }

    public Span span(String name) {
        List<Span> named =
                spans().stream().filter(span -> span.getName().equals(name)).toList();
        assertThat(named).as("spans named " + name + " of " + spans().size()).hasSize(1);
        return named.get(0);
    }

    public List<LogRecord> logs() {
        return logs.stream()
                .flatMap(request -> request.getResourceLogsList().stream())
                .flatMap(resource -> resource.getScopeLogsList().stream())
                .flatMap(scope -> scope.getLogRecordsList().stream())
                .toList();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        executor.shutdownNow();
    }
}
