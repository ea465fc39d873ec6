package dev.traced.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code GET /openapi.json} says of the API, and whether an answer is as it says. A field that it does not name is as
 * wrong as one of another type: clients may take no harm of it, but would not know of it either.
 */
final class ApiDescription {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete");
    private static final String OF_DOCUMENT = "#/components/schemas/";
    private static final String OF_SCHEMA = "#/$defs/";

    private final JsonNode document;
    private final JsonNode definitions;

    ApiDescription(String text) {
        this.document = parse(text);
        this.definitions =
                parse(document.at("/components/schemas").toString().replace('"' + OF_DOCUMENT, '"' + OF_SCHEMA));
        definitions.forEach(ApiDescription::close);
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    /** No fields but those that are named. */
    private static void close(JsonNode schema) {
        if (schema.has("properties") && !schema.has("additionalProperties")) {
            ((ObjectNode) schema).put("additionalProperties", false);
        }
        schema.forEach(ApiDescription::close);
    }

    /** Each operation, as {@code GET /traces/{trace_id}}. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (METHODS.contains(operation.getKey())) {
                    operations.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                }
            }
        }
        return operations;
    }

    /** Fails unless this is an answer that the operation may give. */
    void assertDescribes(String operation, int status, String contentType, String body) {
        JsonNode content = resolved(operation(operation).path("responses").path(Integer.toString(status)))
                .path("content");
        assertThat(content.has(contentType))
                .as("%s answers %d with %s, of: %s", operation, status, contentType, content)
                .isTrue();
        if (contentType.equals("application/json")) {
            JsonNode schema = content.path(contentType).path("schema");
            assertThat(problems(schema, parse(body)))
                    .as("%s, %d: %s", operation, status, body)
                    .isEmpty();
        }
    }

    /** Fails unless the data of an event is of this schema. */
    void assertDescribes(String schema, String body) {
        assertThat(problems(reference(schema), parse(body))).as(body).isEmpty();
    }

    /** Fails unless each example is of the schema that has it. */
    void assertExamplesAreRight() {
        for (Map.Entry<String, JsonNode> schema : definitions.properties()) {
            if (schema.getValue().has("example")) {
                assertThat(problems(
                                reference(schema.getKey()), schema.getValue().get("example")))
                        .as("the example of %s", schema.getKey())
                        .isEmpty();
            }
        }
    }

    /** All references that lead nowhere. */
    List<String> brokenReferences() {
        return document.findValuesAsText("$ref").stream()
                .filter(reference -> document.at(reference.substring(1)).isMissingNode())
                .toList();
    }

    private JsonNode operation(String operation) {
        String[] methodAndPath = operation.split(" ", 2);
        JsonNode found = document.path("paths").path(methodAndPath[1]).path(methodAndPath[0].toLowerCase(Locale.ROOT));
        assertThat(found.isMissingNode()).as(operation).isFalse();
        return found;
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    private static JsonNode reference(String schema) {
        return JSON.createObjectNode().put("$ref", OF_DOCUMENT + schema);
    }

    private List<Error> problems(JsonNode schema, JsonNode value) {
        ObjectNode whole = (ObjectNode) parse(schema.toString().replace('"' + OF_DOCUMENT, '"' + OF_SCHEMA));
        whole.set("$defs", definitions);
        Schema validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole);
        return validator.validate(value);
    }
}
