package dev.traced.tracer.node.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.traced.tracer.node.wire.RefusedException.Code;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object. A field that is null is one that is not there. Every method throws {@link RefusedException},
 * whose text names the field and its value, for what is missing or of another kind.
 */
public final class Fields {
    /** The longest text, in UTF-16 units, where nothing else is said: names, ids, errors. */
    public static final int MAX_TEXT = 1024;

    private static final int SHOWN = 80;

    private final String path;
    private final JsonNode object;

    /** @param path what goes before the names of the fields in messages */
    private Fields(String path, JsonNode object) {
        this.path = path;
        this.object = object;
    }

    static Fields of(JsonNode object) {
        return new Fields("", object);
    }

    public boolean has(String name) {
        return object.hasNonNull(name);
    }

    /** A text of 1..{@value #MAX_TEXT} characters. */
    public String text(String name) {
        return text(name, MAX_TEXT);
    }

    public String text(String name, int max) {
        String text = rawText(name);
        if (text.isEmpty() || text.length() > max) {
            throw wrong(name, "must be 1.." + max + " characters, had " + text.length());
        }
        return text;
    }

    /** A text of any length, which the length of a line bounds. */
    public String rawText(String name) {
        JsonNode value = required(name);
        if (!value.isTextual()) {
            throw wrong(name, "must be text, was " + shown(value));
        }
        return value.textValue();
    }

    /** The same, or null if it is not there. */
    public @Nullable String optionalText(String name) {
        return has(name) ? text(name) : null;
    }

    /** The same; an empty text is one that is not there either, as OTLP says of a parent. */
    public @Nullable String optionalId(String name) {
        return has(name) && !rawText(name).isEmpty() ? text(name) : null;
    }

    /** The text of a field whatever the case of its name, as that of a header is; null if there is none. */
    public @Nullable String header(String name) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String spelling = names.next();
            if (spelling.equalsIgnoreCase(name) && has(spelling)) {
                return rawText(spelling);
            }
        }
        return null;
    }

    /** One of these words. */
    public <E extends Enum<E>> E oneOf(String name, E[] words) {
        JsonNode value = required(name);
        for (E word : words) {
            if (word.name().equals(value.textValue())) {
                return word;
            }
        }
        throw wrong(
                name,
                "must be one of " + Stream.of(words).map(Enum::name).collect(Collectors.joining(", ")) + ", was "
                        + shown(value));
    }

    /** A text of 1..{@value #MAX_TEXT} characters, or a whole number. */
    public JsonNode name(String name) {
        JsonNode value = required(name);
        if (!value.isIntegralNumber()) {
            text(name);
        }
        return value;
    }

    public boolean flag(String name, boolean absent) {
        if (!has(name)) {
            return absent;
        }
        JsonNode value = object.get(name);
        if (!value.isBoolean()) {
            throw wrong(name, "must be true or false, was " + shown(value));
        }
        return value.booleanValue();
    }

    /** A number of {@code min..max}. */
    public double number(String name, double min, double max) {
        JsonNode value = required(name);
        double number = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(number >= min && number <= max)) {
            throw wrong(name, "must be a number of " + plain(min) + ".." + plain(max) + ", was " + shown(value));
        }
        return number;
    }

    /** A whole number of 0..{@link Long#MAX_VALUE}. */
    public long count(String name) {
        JsonNode value = required(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw wrong(name, "must be a whole number of 0.." + Long.MAX_VALUE + ", was " + shown(value));
        }
        return value.longValue();
    }

    public Fields object(String name) {
        return object(path + name, required(name));
    }

    /** The same; a text stands for an object that has nothing but this field. */
    public Fields object(String name, String only) {
        return object(path + name, required(name), only);
    }

    public List<Fields> objects(String name) {
        List<Fields> objects = new ArrayList<>();
        for (JsonNode value : array(name)) {
            objects.add(object(path + name + "[" + objects.size() + "]", value));
        }
        return objects;
    }

    /** The same; a text stands for an object that has nothing but this field. */
    public List<Fields> objects(String name, String only) {
        List<Fields> objects = new ArrayList<>();
        for (JsonNode value : array(name)) {
            objects.add(object(path + name + "[" + objects.size() + "]", value, only));
        }
        return objects;
    }

    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (JsonNode value : array(name)) {
            if (!value.isTextual()
                    || value.textValue().isEmpty()
                    || value.textValue().length() > MAX_TEXT) {
                throw wrong(
                        name + "[" + texts.size() + "]",
                        "must be text of 1.." + MAX_TEXT + " characters, was " + shown(value));
            }
            texts.add(value.textValue());
        }
        return texts;
    }

    /** As it came; null if it is not there. */
    public @Nullable JsonNode json(String name) {
        return has(name) ? object.get(name) : null;
    }

    private JsonNode array(String name) {
        JsonNode value = required(name);
        if (!value.isArray()) {
            throw wrong(name, "must be an array, was " + shown(value));
        }
        return value;
    }

    private static Fields object(String path, JsonNode value) {
        if (!value.isObject()) {
            throw RefusedException.malformed(path + " must be an object, was " + shown(value));
        }
        return new Fields(path + ".", value);
    }

    private static Fields object(String path, JsonNode value, String only) {
        return object(
                path, value.isTextual() ? JsonNodeFactory.instance.objectNode().set(only, value) : value);
    }

    private JsonNode required(String name) {
        if (!has(name)) {
            throw RefusedException.malformed(path + name + " is missing");
        }
        return object.get(name);
    }

    /** For what only the caller knows to be wrong of a field. */
    public RefusedException wrong(String name, String what) {
        return wrong(Code.MALFORMED_REQUEST, name, what);
    }

    public RefusedException wrong(Code code, String name, String what) {
        return new RefusedException(code, path + name + " " + what);
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) && Math.abs(bound) < 1e15
                ? Long.toString((long) bound)
                : Double.toString(bound);
    }

    /** A stranger has sent it: a part of it is enough. */
    static String shown(JsonNode value) {
        return shown(value.toString());
    }

    static String shown(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    }
}
