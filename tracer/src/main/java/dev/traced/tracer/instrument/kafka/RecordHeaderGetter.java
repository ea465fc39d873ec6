package dev.traced.tracer.instrument.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Reads the context from a record's headers. Kafka, unlike HTTP, knows them by their exact names. */
enum RecordHeaderGetter implements TextMapGetter<Headers> {
    INSTANCE;

    @Override
    public @Nullable String get(@Nullable Headers headers, String name) {
        Iterator<String> values = getAll(headers, name);
        return values.hasNext() ? values.next() : null;
    }

    @Override
    public Iterator<String> getAll(@Nullable Headers headers, String name) {
        if (headers == null) {
            return Collections.emptyIterator();
        }
        List<String> values = new ArrayList<>();
        for (Header header : headers.headers(name)) {
            if (header.value() != null) {
                values.add(new String(header.value(), UTF_8));
            }
        }
        return values.iterator();
    }
}
