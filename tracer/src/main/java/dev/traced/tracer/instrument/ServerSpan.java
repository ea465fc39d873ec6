package dev.traced.tracer.instrument;

import static io.opentelemetry.semconv.ErrorAttributes.ERROR_TYPE;
import static io.opentelemetry.semconv.HttpAttributes.HTTP_RESPONSE_STATUS_CODE;
import static io.opentelemetry.semconv.HttpAttributes.HTTP_ROUTE;

import io.javalin.http.servlet.TaskHandler;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.semconv.ClientAttributes;
import io.opentelemetry.semconv.NetworkAttributes;
import io.opentelemetry.semconv.ServerAttributes;
import io.opentelemetry.semconv.UrlAttributes;
import io.opentelemetry.semconv.UserAgentAttributes;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The span of one request. Its threads come one after the other, as those of the request do; volatile hands on what they saw. */
final class ServerSpan {
    static final String ATTRIBUTE = "dev.traced.span";

    private final HttpMethod method;
    private final Span span;
    private final Context context;
    private volatile Supplier<@Nullable String> route = () -> null;
    private volatile @Nullable Throwable thrown;

    private ServerSpan(HttpMethod method, Span span, Context caller) {
        this.method = method;
        this.span = span;
        this.context = caller.with(span);
    }

    static ServerSpan start(InstrumentationScope scope, HttpServletRequest request) {
        HttpMethod method = HttpMethod.of(request.getMethod());
        // Below the root context, whatever the thread was left with.
        Context caller = scope.propagator().extract(Context.root(), request, RequestHeaders.INSTANCE);
        SpanBuilder span = scope.tracer()
                .spanBuilder(method.spanName())
                .setSpanKind(SpanKind.SERVER)
                .setParent(caller)
                .setAttribute(UrlAttributes.URL_PATH, request.getRequestURI())
                .setAttribute(UrlAttributes.URL_SCHEME, request.getScheme())
                .setAttribute(ServerAttributes.SERVER_ADDRESS, request.getServerName())
                .setAttribute(ServerAttributes.SERVER_PORT, request.getServerPort())
                .setAttribute(ClientAttributes.CLIENT_ADDRESS, request.getRemoteAddr())
                .setAttribute(NetworkAttributes.NETWORK_PROTOCOL_VERSION, version(request.getProtocol()));
        method.describe(span);
        String agent = request.getHeader("User-Agent");
        if (agent != null) {
            span.setAttribute(UserAgentAttributes.USER_AGENT_ORIGINAL, agent);
        }
        return new ServerSpan(method, span.startSpan(), caller);
    }

    /** {@code HTTP/2.0} is version {@code 2} there. */
    private static String version(String protocol) {
        if (protocol.equals("HTTP/1.1")) {
            return "1.1";
        }
        String version = protocol.substring(protocol.indexOf('/') + 1);
        return version.endsWith(".0") && !version.equals("1.0") ? version.substring(0, version.length() - 2) : version;
    }

    Context context() {
        return context;
    }

    /** @param route asked once the response is there; null where the request has none */
    void routedBy(Supplier<@Nullable String> route) {
        this.route = route;
    }

    /** Runs a step of the request with its context; remembers what it throws. */
    @SuppressWarnings("try") // the scope does all it does by being closed
    <T> T during(TaskHandler<T> step) {
        try (Scope current = context.makeCurrent()) {
            return step.handle();
        } catch (Throwable e) {
            threw(e);
            throw e;
        }
    }

    /** It is the span's exception only if the response turns out to be an error. */
    void threw(@Nullable Throwable exception) {
        thrown = exception;
    }

    void end(int status) {
        String path = route.get();
        if (path != null) {
            span.updateName(method.spanName() + " " + path);
            span.setAttribute(HTTP_ROUTE, path);
        }
        span.setAttribute(HTTP_RESPONSE_STATUS_CODE, (long) status);
        if (status >= 500) {
            Throwable cause = thrown;
            if (cause != null) {
                span.recordException(cause);
            }
            span.setAttribute(
                    ERROR_TYPE,
                    cause == null ? String.valueOf(status) : cause.getClass().getName());
            span.setStatus(StatusCode.ERROR); // no description: the status code says it
        }
        span.end();
    }

    /** The servlet itself threw: the container answers with 500. */
    void failed(Throwable exception) {
        threw(exception);
        end(500);
    }
}
