package dev.traced.tracer.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The examples of the protocol, each in a run of its own. */
class NodeCasesTest {
    @TestFactory
    Stream<DynamicTest> everyCase() throws IOException {
        List<JsonNode> cases;
        try (InputStream file = requireNonNull(getClass().getResourceAsStream("node-cases.jsonl"))) {
            cases = new String(file.readAllBytes(), UTF_8)
                    .lines()
                    .map(line -> asIs(line))
                    .toList();
        }
        assertThat(cases).hasSize(11);
        return cases.stream().map(one -> DynamicTest.dynamicTest(one.get("name").textValue(), () -> check(one)));
    }

    private static void check(JsonNode one) {
        StringBuilder input = new StringBuilder();
        one.get("input").forEach(message -> input.append(message).append('\n'));

        List<JsonNode> answers = Talk.run(input.toString().getBytes(UTF_8)).stream()
                .map(NodeCasesTest::asIs)
                .toList();

        for (JsonNode expected : one.get("expect")) {
            assertThat(answers).anyMatch(answer -> isMatch(expected, answer));
        }
    }

    private static JsonNode asIs(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    /** A bare expectation also matches the body of an envelope. */
    private static boolean isMatch(JsonNode expected, JsonNode answer) {
        return matches(expected, answer) || (answer.has("body") && matches(expected, answer.get("body")));
    }

    private static boolean matches(JsonNode expected, JsonNode actual) {
        if (expected.isObject()) {
            return actual.isObject()
                    && expected.properties().stream()
                            .allMatch(field -> actual.has(field.getKey())
                                    && matches(field.getValue(), actual.get(field.getKey())));
        }
        if (expected.isArray()) {
            return actual.isArray()
                    && actual.size() == expected.size()
                    && IntStream.range(0, expected.size()).allMatch(i -> matches(expected.get(i), actual.get(i)));
        }
        boolean isPattern = expected.isTextual() && expected.textValue().startsWith("~");
        return isPattern
                ? actual.isTextual()
                        && actual.textValue().matches(expected.textValue().substring(1))
                : expected.equals(actual);
    }

    @Test
    void whatIsExpected_isNotFoundInAnythingElse() {
        JsonNode answer = Talk.json("{'src':'a','dest':'b','body':{'n':1,'list':['x','y'],'text':'span1'}}");

        assertThat(List.of("{'n':1}", "{'list':['x','y']}", "{'text':'~span\\\\d'}", "{'dest':'b','body':{'n':1}}"))
                .allMatch(expected -> isMatch(Talk.json(expected), answer));
        assertThat(List.of("{'n':2}", "{'list':['x']}", "{'text':'~span'}", "{'m':null}", "{'n':'1'}", "{'dest':'a'}"))
                .noneMatch(expected -> isMatch(Talk.json(expected), answer));
    }
}
