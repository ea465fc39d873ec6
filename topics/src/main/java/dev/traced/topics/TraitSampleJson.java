package dev.traced.topics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.traced.model.Trait;
import dev.traced.model.TraitSample;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Samples of partitions between an assembler and a query service: {@code [[selected total, sampled, rest total, sampled,
 * [scope, service or null, key, value, selected, rest, ...], whether traits are left out], ...]}.
 */
public final class TraitSampleJson {
    private static final JsonFactory JSON = new JsonFactory();

    private TraitSampleJson() {}

    public static void write(List<TraitSample> samples, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartArray();
            for (TraitSample sample : samples) {
                json.writeStartArray();
                write(sample.selected(), json);
                write(sample.rest(), json);
                json.writeStartArray();
                for (Map.Entry<Trait, TraitSample.Count> trait : sample.traits().entrySet()) {
                    json.writeString(trait.getKey().scope().name());
                    json.writeString(trait.getKey().service()); // null if it is
                    json.writeString(trait.getKey().key());
                    json.writeString(trait.getKey().value());
                    json.writeNumber(trait.getValue().selected());
                    json.writeNumber(trait.getValue().rest());
                }
                json.writeEndArray();
                json.writeBoolean(sample.areTraitsLeftOut());
                json.writeEndArray();
            }
            json.writeEndArray();
        }
    }

    private static void write(TraitSample.Side side, JsonGenerator json) throws IOException {
        json.writeNumber(side.total());
        json.writeNumber(side.sampled());
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException also if it is something else
     */
    public static List<TraitSample> read(InputStream in) throws IOException {
        List<TraitSample> samples = new ArrayList<>();
        try (JsonParser json = JSON.createParser(in)) {
            expect(json.nextToken() == JsonToken.START_ARRAY);
            while (json.nextToken() == JsonToken.START_ARRAY) {
                TraitSample.Side selected = new TraitSample.Side(number(json), (int) number(json));
                TraitSample.Side rest = new TraitSample.Side(number(json), (int) number(json));
                samples.add(new TraitSample(selected, rest, readTraits(json), flag(json)));
                expect(json.nextToken() == JsonToken.END_ARRAY);
            }
            expect(json.currentToken() == JsonToken.END_ARRAY);
        }
        return samples;
    }

    private static Map<Trait, TraitSample.Count> readTraits(JsonParser json) throws IOException {
        Map<Trait, TraitSample.Count> traits = new HashMap<>();
        expect(json.nextToken() == JsonToken.START_ARRAY);
        while (json.nextToken() == JsonToken.VALUE_STRING) {
            Trait trait = new Trait(scope(json.getText()), textOrNull(json), text(json), text(json));
            traits.put(trait, new TraitSample.Count((int) number(json), (int) number(json)));
        }
        expect(json.currentToken() == JsonToken.END_ARRAY);
        return traits;
    }

    private static Trait.Scope scope(String name) throws IOException {
        try {
            return Trait.Scope.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new IOException("not a scope of traits: " + name, e);
        }
    }

    private static @Nullable String textOrNull(JsonParser json) throws IOException {
        JsonToken token = json.nextToken();
        expect(token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NULL);
        return token == JsonToken.VALUE_NULL ? null : json.getText();
    }

    private static String text(JsonParser json) throws IOException {
        expect(json.nextToken() == JsonToken.VALUE_STRING);
        return json.getText();
    }

    private static long number(JsonParser json) throws IOException {
        expect(json.nextToken() == JsonToken.VALUE_NUMBER_INT);
        return json.getLongValue();
    }

    private static boolean flag(JsonParser json) throws IOException {
        JsonToken token = json.nextToken();
        expect(token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE);
        return token == JsonToken.VALUE_TRUE;
    }

    private static void expect(boolean met) throws IOException {
        if (!met) {
            throw new IOException("not samples of traits");
        }
    }
}
