package dev.traced.tracer.instrument;

import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.semconv.HttpAttributes;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A method as spans have it: one that is not well known has no name of its own, so that senders cannot make names without end.
 * The source is OpenTelemetry's conventions for HTTP spans.
 */
record HttpMethod(String sent, boolean isKnown) {
    private static final Map<String, HttpMethod> KNOWN = Stream.of(
                    "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE")
            .collect(Collectors.toUnmodifiableMap(name -> name, name -> new HttpMethod(name, true)));

    static HttpMethod of(String sent) {
        HttpMethod known = KNOWN.get(sent);
        return known == null ? new HttpMethod(sent, false) : known;
    }

    /** What names of spans begin with. */
    String spanName() {
        return isKnown ? sent : "HTTP";
    }

    void describe(SpanBuilder span) {
        span.setAttribute(HttpAttributes.HTTP_REQUEST_METHOD, isKnown ? sent : "_OTHER");
        if (!isKnown) {
            span.setAttribute(HttpAttributes.HTTP_REQUEST_METHOD_ORIGINAL, sent);
        }
    }
}
