package dev.traced.tracer.demo.shop;

import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a service is started with: {@code name=value}. {@code endpoint} of OTLP over HTTP, absent for no tracing; {@code kafka}, its
 * bootstrap servers; and the address of each peer by the peer's name.
 */
record Arguments(Map<String, String> values) {
    /** @param args the service, then its arguments */
    static Arguments of(String... args) {
        return new Arguments(Arrays.stream(args)
                .skip(1)
                .map(argument -> argument.split("=", 2))
                .collect(Collectors.toUnmodifiableMap(argument -> argument[0], argument -> argument[1])));
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    URI uri(String name) {
        return URI.create(text(name));
    }

    @Nullable
    URI endpoint() {
        return values.containsKey("endpoint") ? uri("endpoint") : null;
    }
}
