package dev.traced.tracer.report;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How much memory a span or log takes while it waits, in bytes, estimated from above: texts at two bytes a character,
 * the rest at what a 64-bit JVM takes for it. A number of spans alone bounds no memory: one may have a thousand
 * events.
 */
final class Weight {
    private static final long SPAN = 832;
    private static final long LOG = 512;
    private static final long EVENT = 160;
    private static final long LINK = 128;
    private static final long ATTRIBUTE = 144;
    private static final long ELEMENT = 48;

    private Weight() {}

    static long of(SpanData span) {
        long weight = SPAN + of(span.getName()) + of(span.getStatus().getDescription()) + of(span.getAttributes());
        for (EventData event : span.getEvents()) {
            weight += EVENT + of(event.getName()) + of(event.getAttributes());
        }
        for (LinkData link : span.getLinks()) {
            weight += LINK + of(link.getAttributes());
        }
        return weight;
    }

    static long of(LogRecordData log) {
        return LOG + ofValue(log.getBodyValue()) + of(log.getAttributes());
    }

    private static long of(Attributes attributes) {
        if (attributes.isEmpty()) {
            return 0;
        }
        Sum sum = new Sum();
        attributes.forEach(sum);
        return sum.weight;
    }

    private static long ofValue(@Nullable Object value) {
        if (value instanceof String text) {
            return of(text);
        }
        if (value instanceof Value<?> structured) {
            return of(structured.asString());
        }
        if (value instanceof List<?> elements) {
            long weight = 0;
            for (Object element : elements) {
                weight += ELEMENT + ofValue(element);
            }
            return weight;
        }
        return 0;
    }

    private static long of(String text) {
        return 2L * text.length();
    }

    /** Of attributes; a class, since each span is weighed, and C1 makes a lambda that holds something by a native call. */
    private static final class Sum implements BiConsumer<AttributeKey<?>, Object> {
        private long weight;

        @Override
        public void accept(AttributeKey<?> key, Object value) {
            weight += ATTRIBUTE + of(key.getKey()) + ofValue(value);
        }
    }
}
