package dev.traced.tracer.instrument;

import dev.traced.tracer.Tracing;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * A client that makes a CLIENT span of each request, below the current one, and sends its context along:
 *
 * <pre>{@code
 * HttpClient client = TracingHttpClient.wrap(HttpClient.newHttpClient(), tracing);
 * }</pre>
 *
 * <p>Headers of the context that a request has already, {@code traceparent} among them, give way. The span is named by the
 * method; it has the URL without query and user, which may be secrets. A status of 400 and above, an exception and a cancelled
 * request are errors. It ends when the body handler's body is there, which may be before it was read. Redirects and
 * WebSockets that the client opens itself have no spans of their own.
 *
 * <p>All else is the wrapped client's, its answers, exceptions and futures with how they are cancelled. It may be used by any
 * number of threads.
 */
public final class TracingHttpClient extends HttpClient {
    private final HttpClient client;
    private final InstrumentationScope scope;

    private TracingHttpClient(HttpClient client, InstrumentationScope scope) {
        this.client = client;
        this.scope = scope;
    }

    public static HttpClient wrap(HttpClient client, Tracing tracing) {
        return wrap(client, tracing.openTelemetry());
    }

    static HttpClient wrap(HttpClient client, OpenTelemetry telemetry) {
        return new TracingHttpClient(client, InstrumentationScope.of(telemetry));
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        ClientSpan span = ClientSpan.start(scope, request);
        try {
            HttpResponse<T> response = client.send(span.carriedBy(request), handler);
            span.answered(response);
            return response;
        } catch (Throwable e) {
            span.failed(e);
            throw e;
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        ClientSpan span = ClientSpan.start(scope, request);
        try {
            return ending(span, client.sendAsync(span.carriedBy(request), handler));
        } catch (Throwable e) {
            span.failed(e);
            throw e;
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushes) {
        ClientSpan span = ClientSpan.start(scope, request);
        try {
            return ending(span, client.sendAsync(span.carriedBy(request), handler, pushes));
        } catch (Throwable e) {
            span.failed(e);
            throw e;
        }
    }

    /**
     * The derived future, whose span ends before anything that the program hangs on to it. What is derived of a future of the
     * JDK's client cancels the request like that future itself ({@link HttpClient#sendAsync}).
     */
    private static <T> CompletableFuture<HttpResponse<T>> ending(
            ClientSpan span, CompletableFuture<HttpResponse<T>> response) {
        CompletableFuture<HttpResponse<T>> ended = response.whenComplete((answer, failure) -> {
            if (failure == null) {
                span.answered(answer);
            } else {
                span.failed(failure);
            }
        });
        // Cancelled early, the request's own future may not end before the server answers, if ever.
        ended.whenComplete((answer, failure) -> {
            if (failure instanceof CancellationException) {
                span.failed(failure);
            }
        });
        return ended;
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return client.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return client.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return client.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return client.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return client.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return client.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return client.authenticator();
    }

    @Override
    public Version version() {
        return client.version();
    }

    @Override
    public Optional<Executor> executor() {
        return client.executor();
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return client.newWebSocketBuilder();
    }

    // From here on what HttpClient has from JDK 21 on, where these override it; on older ones nobody can call them.

    public void shutdown() {
        ClientLifecycle.call(client, "shutdown");
    }

    public void shutdownNow() {
        ClientLifecycle.call(client, "shutdownNow");
    }

    public boolean awaitTermination(Duration limit) throws InterruptedException {
        return ClientLifecycle.awaitTermination(client, limit);
    }

    public boolean isTerminated() {
        return (Boolean) ClientLifecycle.call(client, "isTerminated");
    }

    public void close() {
        ClientLifecycle.call(client, "close");
    }

    @Override
    public String toString() {
        return client.toString();
    }
}
