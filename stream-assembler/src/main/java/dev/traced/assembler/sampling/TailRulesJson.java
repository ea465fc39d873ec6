package dev.traced.assembler.sampling;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.traced.model.DurationBounds;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceFilter;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rules of tail sampling from a list in JSON. Each is an object: {@code name}, the conditions {@code service},
 * {@code operation}, {@code status} (ok, error), {@code min_duration_ms}, {@code max_duration_ms}, {@code tags} (an object of
 * texts) and {@code complete} (true, false), which mean what they mean in a search, and {@code keep} (0..1, 1 if it is not
 * there).
 */
public final class TailRulesJson {
    /** So much is read, in characters. */
    public static final int MAX_LENGTH = 1 << 20;

    private static final int MAX_TAGS = 20;
    private static final int MAX_TEXT = 2_048;
    private static final int MAX_SHOWN = 64;
    private static final List<String> FIELDS = List.of(
            "name", "service", "operation", "status", "min_duration_ms", "max_duration_ms", "tags", "complete", "keep");

    /** What the parser's messages say of its own settings, and of lines that are not shown. */
    private static final Pattern PARSERS_ADVICE = Pattern.compile("(?s)( \\(start marker|: enable |\n).*");

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private TailRulesJson() {}

    /**
     * Reads a list; of a blank text no rules.
     *
     * @throws IllegalArgumentException that names the rule, by its name or else its place in the list, the field and the value
     */
    public static TailSampling read(String text) {
        if (text.isBlank()) {
            return TailSampling.NONE;
        }
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "must be at most " + MAX_LENGTH + " characters, was " + text.length() + " long");
        }
        List<TailRule> rules = new ArrayList<>();
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw new IllegalArgumentException("must be a list of rules in JSON, was " + shown(value(json)));
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                rules.add(rule(value(json), rules.size() + 1));
            }
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("must be one list, was followed by " + shown(value(json)));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "must be a list of rules in JSON: rule " + (rules.size() + 1) + ", " + place(e.getLocation())
                            + PARSERS_ADVICE.matcher(e.getOriginalMessage()).replaceFirst(""));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read: " + e.getMessage());
        }
        return new TailSampling(rules);
    }

    private static String place(@Nullable JsonLocation at) {
        return at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
    }

    /** Text, a number as {@link BigDecimal}, true or false, null, a list or an object as a map. */
    private static @Nullable Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> list(json);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_STRING -> json.getText();
            default -> null;
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser json) throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            object.put(field, value(json));
        }
        return object;
    }

    private static List<@Nullable Object> list(JsonParser json) throws IOException {
        List<@Nullable Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(json));
        }
        return list;
    }

    private static TailRule rule(@Nullable Object value, int place) {
        if (!(value instanceof Map<?, ?> fields)) {
            throw new IllegalArgumentException("rule " + place + " must be an object, was " + shown(value));
        }
        Object name = fields.get("name");
        boolean isNamed = name instanceof String text && TailRule.isName(text);
        try {
            return rule(fields);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "rule " + (isNamed ? "\"" + name + "\"" : place) + ": " + e.getMessage(), e);
        }
    }

    private static TailRule rule(Map<?, ?> fields) {
        for (Object field : fields.keySet()) {
            if (!FIELDS.contains(field)) {
                throw new IllegalArgumentException(
                        "unknown field " + shown(field) + ", known are " + String.join(", ", FIELDS));
            }
        }
        String name = text(fields, "name");
        if (name == null) {
            throw new IllegalArgumentException("name is missing");
        }
        DurationBounds durations = new DurationBounds()
                .atLeastMillis("min_duration_ms", wholeNumber(fields, "min_duration_ms"))
                .atMostMillis("max_duration_ms", wholeNumber(fields, "max_duration_ms"));
        TraceFilter filter = new TraceFilter(
                text(fields, "service"),
                text(fields, "operation"),
                status(text(fields, "status")),
                durations.minNanos(),
                durations.maxNanos(),
                tags(fields),
                complete(fields));
        return new TailRule(name, filter, keep(fields));
    }

    private static @Nullable String text(Map<?, ?> fields, String field) {
        if (!fields.containsKey(field)) {
            return null;
        }
        return text(field, fields.get(field));
    }

    private static String text(String field, @Nullable Object value) {
        if (!(value instanceof String text)) {
            throw new IllegalArgumentException(field + " must be text, was " + shown(value));
        }
        if (text.length() > MAX_TEXT) {
            throw new IllegalArgumentException(
                    field + " must be at most " + MAX_TEXT + " characters, was " + text.length() + " long");
        }
        return text;
    }

    private static @Nullable SpanStatus status(@Nullable String text) {
        if (text == null) {
            return null;
        }
        for (SpanStatus status : SpanStatus.values()) {
            if (status.text().equals(text)) {
                return status;
            }
        }
        throw new IllegalArgumentException("status must be ok or error, was " + shown(text));
    }

    private static @Nullable Long wholeNumber(Map<?, ?> fields, String field) {
        if (!fields.containsKey(field)) {
            return null;
        }
        Object value = fields.get(field);
        if (value instanceof BigDecimal number) {
            try {
                return number.longValueExact();
            } catch (ArithmeticException e) {
                // said below
            }
        }
        throw new IllegalArgumentException(field + " must be a whole number of milliseconds, was " + shown(value));
    }

    private static List<TraceFilter.Tag> tags(Map<?, ?> fields) {
        if (!fields.containsKey("tags")) {
            return List.of();
        }
        Object value = fields.get("tags");
        if (!(value instanceof Map<?, ?> texts)) {
            throw new IllegalArgumentException("tags must be an object, was " + shown(value));
        }
        if (texts.size() > MAX_TAGS) {
            throw new IllegalArgumentException("tags must be at most " + MAX_TAGS + ", were " + texts.size());
        }
        List<TraceFilter.Tag> tags = new ArrayList<>();
        for (Map.Entry<?, ?> tag : texts.entrySet()) {
            String key = text("a key of tags", tag.getKey());
            tags.add(new TraceFilter.Tag(key, text("tags." + key, tag.getValue())));
        }
        return tags;
    }

    private static @Nullable Boolean complete(Map<?, ?> fields) {
        if (!fields.containsKey("complete")) {
            return null;
        }
        if (fields.get("complete") instanceof Boolean complete) {
            return complete;
        }
        throw new IllegalArgumentException("complete must be true or false, was " + shown(fields.get("complete")));
    }

    private static double keep(Map<?, ?> fields) {
        if (!fields.containsKey("keep")) {
            return 1;
        }
        Object value = fields.get("keep");
        if (value instanceof BigDecimal keep && keep.signum() >= 0 && keep.compareTo(BigDecimal.ONE) <= 0) {
            return keep.doubleValue();
        }
        throw new IllegalArgumentException("keep must be 0..1, was " + shown(value));
    }

    private static String shown(@Nullable Object value) {
        String text = value instanceof String string
                ? "\"" + string + "\""
                : value instanceof Map<?, ?>
                        ? "an object"
                        : value instanceof List<?> ? "a list" : String.valueOf(value);
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }
}
