package dev.traced.tracer.propagation;

import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The headers of a request as they are on the wire, each line {@code name:value}, whitespace and case as they were sent. */
record HeaderLines(List<String> lines) {
    static final TextMapSetter<HeaderLines> SETTER = (headers, name, value) -> headers.lines.add(name + ": " + value);
    static final TextMapGetter<HeaderLines> GETTER = new Getter();

    static HeaderLines of(String... lines) {
        return new HeaderLines(new ArrayList<>(List.of(lines)));
    }

    /** As an HTTP server gives them: without regard to case, and without the whitespace around them. */
    List<String> values(String name) {
        return sent(name).map(String::strip).toList();
    }

    private Stream<String> sent(String name) {
        return lines.stream()
                .filter(line -> line.substring(0, line.indexOf(':')).equalsIgnoreCase(name))
                .map(line -> line.substring(line.indexOf(':') + 1));
    }

    /** Strips nothing, other than a server: what is around a value is the propagator's to ignore. */
    private static final class Getter implements TextMapGetter<HeaderLines> {
        @Override
        public @Nullable String get(@Nullable HeaderLines headers, String name) {
            Iterator<String> values = getAll(headers, name);
            return values.hasNext() ? values.next() : null;
        }

        @Override
        public Iterator<String> getAll(@Nullable HeaderLines headers, String name) {
            return headers == null
                    ? List.<String>of().iterator()
                    : headers.sent(name).iterator();
        }
    }
}
