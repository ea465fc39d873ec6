package dev.traced.ingest.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.traced.ingest.body.Quoted;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The value a parser is at, in words for a message. */
final class JsonValues {
    private JsonValues() {}

    static String describe(JsonParser json, @Nullable JsonToken token) throws IOException {
        if (token == null) {
            return "nothing";
        }
        try {
            return switch (token) {
                case START_OBJECT -> "an object";
                case START_ARRAY -> "an array";
                case VALUE_STRING -> Quoted.text(json.getText());
                default -> Quoted.bare(json.getText());
            };
        } catch (StreamConstraintsException e) {
            return "too long";
        }
    }
}
