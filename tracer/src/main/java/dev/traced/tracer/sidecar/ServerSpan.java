package dev.traced.tracer.sidecar;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.HostAndPort;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The span of one request, with the attributes of OpenTelemetry's <a
 * href="https://opentelemetry.io/docs/specs/semconv/http/http-spans/">conventions for HTTP servers</a>. The query is left out:
 * it may have secrets. Used by one event loop.
 */
final class ServerSpan {
    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> METHOD_ORIGINAL = AttributeKey.stringKey("http.request.method_original");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");
    private static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    private static final AttributeKey<String> PEER = AttributeKey.stringKey("network.peer.address");
    private static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");
    private static final AttributeKey<String> VERSION = AttributeKey.stringKey("network.protocol.version");
    private static final AttributeKey<String> USER_AGENT = AttributeKey.stringKey("user_agent.original");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<Long> REQUEST_SIZE = AttributeKey.longKey("http.request.body.size");
    private static final AttributeKey<Long> RESPONSE_SIZE = AttributeKey.longKey("http.response.body.size");
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    /** Others are {@code _OTHER}: a client can make up any number of them. */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY");

    /** Of formats that are read and perhaps not written; what they say is in what is written. */
    private static final List<String> B3 =
            List.of("b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags");

    private static final int MAX_TEXT = 1024;
    private static final int MAX_ADDRESS = 64;

    private final Span span;
    private final Context context;
    private final TextMapPropagator propagator;
    private final SpanNames names;
    private final String method;
    private final String path;

    private ServerSpan(
            Span span, Context parent, TextMapPropagator propagator, SpanNames names, String method, String path) {
        this.span = span;
        this.context = parent.with(span);
        this.propagator = propagator;
        this.names = names;
        this.method = method;
        this.path = path;
    }

    /** Starts the span of a request that has just come, below the one that its headers name. */
    static ServerSpan start(OpenTelemetry telemetry, SpanNames names, HttpServerRequest request) {
        TextMapPropagator propagator = telemetry.getPropagators().getTextMapPropagator();
        Context parent = propagator.extract(Context.root(), request.headers(), HEADERS);
        String sent = request.method().name();
        boolean isKnown = METHODS.contains(sent);
        String method = isKnown ? sent : "HTTP";
        String path = RequestTarget.path(request.uri());
        SpanBuilder span = telemetry
                .getTracer("dev.traced.tracer.sidecar")
                .spanBuilder(method)
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(METHOD, isKnown ? sent : "_OTHER")
                .setAttribute(PATH, cut(path, MAX_TEXT))
                .setAttribute(SCHEME, "http");
        if (!isKnown) {
            span.setAttribute(METHOD_ORIGINAL, cut(sent, MAX_ADDRESS));
        }
        return new ServerSpan(
                describe(request, span.startSpan()), parent, propagator, names, method, cut(path, MAX_TEXT));
    }

    private static Span describe(HttpServerRequest request, Span span) {
        if (!span.isRecording()) {
            return span;
        }
        HostAndPort server = request.authority();
        if (server != null) {
            span.setAttribute(SERVER, cut(server.host(), MAX_TEXT));
            span.setAttribute(SERVER_PORT, (long) (server.port() > 0 ? server.port() : 80));
        }
        String peer = request.remoteAddress().hostAddress();
        String forwardedFor = request.getHeader(EndToEnd.X_FORWARDED_FOR);
        span.setAttribute(CLIENT, forwardedFor == null ? peer : cut(first(forwardedFor), MAX_ADDRESS));
        span.setAttribute(PEER, peer);
        span.setAttribute(PEER_PORT, (long) request.remoteAddress().port());
        span.setAttribute(VERSION, request.version() == HttpVersion.HTTP_1_0 ? "1.0" : "1.1");
        String userAgent = request.getHeader("user-agent");
        if (userAgent != null) {
            span.setAttribute(USER_AGENT, cut(userAgent, MAX_TEXT));
        }
        return span;
    }

    /** Puts this span into the headers of the request that goes on, in place of what came in. */
    void inject(MultiMap headers) {
        propagator.fields().forEach(headers::remove);
        B3.forEach(headers::remove);
        propagator.inject(context, headers, SETTER);
    }

    /** The service has answered with this status. */
    void answered(int status) {
        span.updateName(status == 404 ? names.known(method, path) : names.admit(method, path));
        span.setAttribute(STATUS, (long) status);
        if (status >= 500) {
            error(Integer.toString(status), "");
        }
    }

    /** The sidecar answers in place of the service. */
    void refused(Refusal refusal) {
        span.updateName(names.known(method, path));
        span.setAttribute(STATUS, (long) refusal.status());
        if (refusal.status() >= 500) {
            error(refusal.type(), refusal.reason());
        } else {
            span.addEvent(refusal.reason()); // the fault of the client, which is no error of a server
        }
    }

    /** The service broke off its answer; or the sidecar has, which makes no difference to who waited for it. */
    void broken(String reason, Throwable cause) {
        error(cause.getClass().getName(), reason);
    }

    /** Nobody waits for the answer any more, which is no fault of the service. */
    void clientGone() {
        span.addEvent("client disconnected");
    }

    private void error(String type, String reason) {
        span.setAttribute(ERROR_TYPE, type);
        span.setStatus(StatusCode.ERROR, reason);
    }

    /** Ends the span, with the bytes of both bodies that were passed on. */
    void end(long requestBytes, long responseBytes) {
        if (requestBytes > 0) {
            span.setAttribute(REQUEST_SIZE, requestBytes);
        }
        span.setAttribute(RESPONSE_SIZE, responseBytes);
        span.end();
    }

    private static String first(String list) {
        int comma = list.indexOf(',');
        return (comma < 0 ? list : list.substring(0, comma)).trim();
    }

    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max);
    }

    private static final TextMapSetter<MultiMap> SETTER = (headers, name, value) -> {
        if (headers != null) {
            headers.set(name, value);
        }
    };

    private static final TextMapGetter<MultiMap> HEADERS = new TextMapGetter<>() {
        @Override
        @SuppressWarnings("deprecation") // it is still abstract
        public Iterable<String> keys(MultiMap headers) {
            return headers.names();
        }

        @Override
        public @Nullable String get(@Nullable MultiMap headers, String name) {
            return headers == null ? null : headers.get(name);
        }

        @Override
        public Iterator<String> getAll(@Nullable MultiMap headers, String name) {
            return headers == null
                    ? List.<String>of().iterator()
                    : headers.getAll(name).iterator();
        }
    };
}
