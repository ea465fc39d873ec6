package dev.traced.tracer.instrument;

import static io.opentelemetry.semconv.ErrorAttributes.ERROR_TYPE;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.semconv.HttpAttributes;
import io.opentelemetry.semconv.NetworkAttributes;
import io.opentelemetry.semconv.ServerAttributes;
import io.opentelemetry.semconv.UrlAttributes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

/** The span of one request that is sent. */
record ClientSpan(Span span, Map<String, String> headers) {
    static ClientSpan start(InstrumentationScope scope, HttpRequest request) {
        HttpMethod method = HttpMethod.of(request.method());
        SpanBuilder builder = scope.tracer().spanBuilder(method.spanName()).setSpanKind(SpanKind.CLIENT);
        method.describe(builder);
        describe(request.uri(), builder);
        Span span = builder.startSpan();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        scope.propagator().inject(Context.current().with(span), headers, Map::put);
        return new ClientSpan(span, headers);
    }

    private static void describe(URI uri, SpanBuilder span) {
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
        span.setAttribute(ServerAttributes.SERVER_ADDRESS, uri.getHost());
        span.setAttribute(ServerAttributes.SERVER_PORT, port);
        String explicit = uri.getPort() >= 0 ? ":" + port : "";
        span.setAttribute(
                UrlAttributes.URL_FULL, uri.getScheme() + "://" + uri.getHost() + explicit + uri.getRawPath());
    }

    /** The request with this span's context in its headers. */
    HttpRequest carriedBy(HttpRequest request) {
        if (CarrierRequest.canReplace(request)) {
            return new CarrierRequest(request, merged(request.headers()));
        }
        try {
            HttpRequest.Builder carrier = HttpRequest.newBuilder(request, (name, value) -> !gives(name));
            headers.forEach(carrier::setHeader);
            return carrier.build();
        } catch (IllegalArgumentException e) {
            return request; // of a kind that only its own client understands: better without context than not at all
        }
    }

    private HttpHeaders merged(HttpHeaders own) {
        Map<String, List<String>> merged = new HashMap<>();
        for (Map.Entry<String, List<String>> each : own.map().entrySet()) {
            if (!gives(each.getKey())) {
                merged.put(each.getKey(), each.getValue());
            }
        }
        for (Map.Entry<String, String> each : headers.entrySet()) {
            merged.put(each.getKey(), List.of(each.getValue()));
        }
        return HttpHeaders.of(merged, (name, value) -> true);
    }

    /** Somebody else's tracestate does not belong to our traceparent (W3C Trace Context §3.3). */
    private boolean gives(String name) {
        return headers.containsKey(name) || (name.equalsIgnoreCase("tracestate") && headers.containsKey("traceparent"));
    }

    void answered(HttpResponse<?> response) {
        span.setAttribute(HttpAttributes.HTTP_RESPONSE_STATUS_CODE, (long) response.statusCode());
        span.setAttribute(
                NetworkAttributes.NETWORK_PROTOCOL_VERSION,
                response.version() == HttpClient.Version.HTTP_2 ? "2" : "1.1");
        if (response.statusCode() >= 400) {
            span.setAttribute(ERROR_TYPE, String.valueOf(response.statusCode()));
            span.setStatus(StatusCode.ERROR); // no description: the status code says it
        }
        span.end();
    }

    void failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        span.recordException(cause);
        span.setAttribute(ERROR_TYPE, cause.getClass().getName());
        span.setStatus(StatusCode.ERROR, String.valueOf(cause.getMessage()));
        span.end();
    }
}
