package dev.traced.tracer.instrument.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.trace.Span;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A header that also has the span it came from, as long as it stays in this process. By it an acknowledgement finds the span that
 * it ends; a map from ids to spans would need a bound for sends that are never acknowledged.
 */
final class SpanHeader implements Header {
    private final String key;
    private final byte[] value;
    private final Span span;

    SpanHeader(String key, String value, Span span) {
        this.key = key;
        this.value = value.getBytes(UTF_8);
        this.span = span;
    }

    /** The span whose context the headers have; null if none of this process. */
    static @Nullable Span in(Headers headers) {
        for (Header header : headers) {
            if (header instanceof SpanHeader sent) {
                return sent.span;
            }
        }
        return null;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public byte[] value() {
        return value;
    }
}
