package dev.traced.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query of a URL, {@code name=value&...}: a name may have several values. */
final class UrlForm {
    private final Map<String, List<String>> values = new LinkedHashMap<>();

    static UrlForm read(String text) {
        UrlForm form = new UrlForm();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.add(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), UTF_8));
            }
        }
        return form;
    }

    /** Adds a value, unless it is null. */
    void add(String name, @Nullable Object value) {
        if (value != null) {
            values.computeIfAbsent(name, first -> new ArrayList<>()).add(value.toString());
        }
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    @Nullable
    String first(String name) {
        List<String> found = all(name);
        return found.isEmpty() ? null : found.get(0);
    }

    /** @throws IllegalArgumentException if there is none, or it is no number */
    long number(String name) {
        String text = first(name);
        try {
            return Long.parseLong(String.valueOf(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a number, was " + text, e);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        values.forEach((name, all) -> all.forEach(value -> text.append(text.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, UTF_8))));
        return text.toString();
    }
}
