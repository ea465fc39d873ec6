package dev.traced.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.traced.model.NotReadableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;

/** What the internal door of an assembler says: the partitions it can read now, and the doors of its peers. */
record DoorStatus(Set<Integer> partitions, Set<String> peers) {
    private static final JsonFactory JSON = new JsonFactory();

    /** What an error says; the body itself if it is not one of ours. */
    static String error(byte[] body) {
        try (JsonParser json = JSON.createParser(body)) {
            if (json.nextToken() == JsonToken.START_OBJECT
                    && "error".equals(json.nextFieldName())
                    && json.nextToken() == JsonToken.VALUE_STRING) {
                return json.getText();
            }
        } catch (IOException e) {
            // as it is, then
        }
        return new String(body, StandardCharsets.UTF_8);
    }

    static DoorStatus parse(byte[] body) {
        Set<Integer> partitions = new TreeSet<>();
        Set<String> peers = new TreeSet<>();
        try (JsonParser json = JSON.createParser(body)) {
            String field = "";
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.FIELD_NAME) {
                    field = json.currentName();
                } else if (token == JsonToken.VALUE_NUMBER_INT && field.equals("partitions")) {
                    partitions.add(json.getIntValue());
                } else if (token == JsonToken.VALUE_STRING && field.equals("peers")) {
                    peers.add(json.getText());
                }
            }
        } catch (IOException e) {
            throw new NotReadableException("not an assembler: " + e.getMessage());
        }
        return new DoorStatus(partitions, peers);
    }
}
