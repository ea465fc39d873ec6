package dev.traced.assembler.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceFilter.Tag;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TailRulesJsonTest {
    @Test
    void rules_areReadInTheirOrder_withEveryCondition() {
        TailSampling rules = TailRulesJson.read("""
                [
                  {"name": "errors", "status": "error"},
                  {"name": "slow", "min_duration_ms": 500, "max_duration_ms": 6e4},
                  {"keep": 0, "tags": {"tier": "gold", "": ""}, "complete": false, "name": "vip_1.2-x"},
                  {"name": "health", "service": "shop", "operation": "GET /health", "keep": 0.01},
                  {"name": "rest", "keep": 1.0}
                ]
                """);

        assertThat(rules.rules())
                .containsExactly(
                        new TailRule("errors", filter(null, null, SpanStatus.ERROR, 0, Long.MAX_VALUE), 1),
                        new TailRule("slow", filter(null, null, null, 500_000_000, 60_000_999_999L), 1),
                        new TailRule(
                                "vip_1.2-x",
                                new TraceFilter(
                                        null,
                                        null,
                                        null,
                                        0,
                                        Long.MAX_VALUE,
                                        List.of(new Tag("tier", "gold"), new Tag("", "")),
                                        false),
                                0),
                        new TailRule("health", filter("shop", "GET /health", null, 0, Long.MAX_VALUE), 0.01),
                        new TailRule("rest", TraceFilter.ANY, 1));
    }

    private static TraceFilter filter(String service, String operation, SpanStatus status, long min, long max) {
        return new TraceFilter(service, operation, status, min, max, List.of(), null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\n", "[]", " [ ] "})
    void noRules_isNoTailSampling(String text) {
        assertThat(TailRulesJson.read(text).isOff()).isTrue();
    }

    /** Each is said with the rule's name, or its place where it has none, the field and the value. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // not a list of rules
                "x | must be a list of rules in JSON: rule 1, line 1, column 1: Unrecognized token 'x'",
                "{\"name\":\"a\"} | must be a list of rules in JSON, was an object",
                "\"a\" | must be a list of rules in JSON, was \"a\"",
                "[{\"name\":\"a\"}] [] | must be one list, was followed by a list",
                "[{\"name\":\"a\"} | must be a list of rules in JSON: rule 2, line 1",
                "[{\"name\":\"a\"},{\"name\":} | must be a list of rules in JSON: rule 2, line 1",
                "[{\"name\":\"a\"},] | must be a list of rules in JSON: rule 2, line 1",
                "[null] | rule 1 must be an object, was null",
                "[{\"name\":\"a\"},\"errors\"] | rule 2 must be an object, was \"errors\"",
                "[[]] | rule 1 must be an object, was a list",
                // the name
                "[{}] | rule 1: name is missing",
                "[{\"name\":\"a\"},{\"keep\":1}] | rule 2: name is missing",
                "[{\"name\":null}] | rule 1: name must be text, was null",
                "[{\"name\":7}] | rule 1: name must be text, was 7",
                "[{\"name\":\"\"}] | rule 1: name must be 1..64 letters, digits, _ . or -, was \"\"",
                "[{\"name\":\"a b\"}] | rule 1: name must be 1..64 letters, digits, _ . or -, was \"a b\"",
                "[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"a\"}] | rule \"a\": name must be unique, was there before",
                // fields
                "[{\"name\":\"a\",\"stauts\":\"error\"}] | rule \"a\": unknown field \"stauts\", known are name, service,",
                "[{\"stauts\":\"error\",\"name\":\"a\"}] | rule \"a\": unknown field \"stauts\"",
                "[{\"stauts\":\"error\"}] | rule 1: unknown field \"stauts\"",
                "[{\"name\":\"a\",\"keep\":1,\"keep\":0}] | rule 1, line 1, column 29: Duplicate field 'keep'",
                "[{\"name\":\"a\",\"service\":5}] | rule \"a\": service must be text, was 5",
                "[{\"name\":\"a\",\"service\":null}] | rule \"a\": service must be text, was null",
                "[{\"name\":\"a\",\"operation\":[\"x\"]}] | rule \"a\": operation must be text, was a list",
                "[{\"name\":\"a\",\"status\":\"failed\"}] | rule \"a\": status must be ok or error, was \"failed\"",
                "[{\"name\":\"a\",\"status\":true}] | rule \"a\": status must be text, was true",
                "[{\"name\":\"a\",\"min_duration_ms\":\"500\"}] | rule \"a\": min_duration_ms must be a whole number of milliseconds, was \"500\"",
                "[{\"name\":\"a\",\"min_duration_ms\":0.5}] | rule \"a\": min_duration_ms must be a whole number of milliseconds, was 0.5",
                "[{\"name\":\"a\",\"max_duration_ms\":1e99}] | rule \"a\": max_duration_ms must be a whole number of milliseconds, was 1E+99",
                "[{\"name\":\"a\",\"min_duration_ms\":-1}] | rule \"a\": min_duration_ms must not be negative, was -1",
                "[{\"name\":\"a\",\"min_duration_ms\":9,\"max_duration_ms\":5}] | rule \"a\": max_duration_ms must not be less than min_duration_ms, were 5 and 9",
                "[{\"name\":\"a\",\"tags\":[\"k:v\"]}] | rule \"a\": tags must be an object, was a list",
                "[{\"name\":\"a\",\"tags\":{\"k\":5}}] | rule \"a\": tags.k must be text, was 5",
                "[{\"name\":\"a\",\"complete\":\"yes\"}] | rule \"a\": complete must be true or false, was \"yes\"",
                // the share
                "[{\"name\":\"rest\",\"keep\":1.5}] | rule \"rest\": keep must be 0..1, was 1.5",
                "[{\"keep\":-0.1,\"name\":\"rest\"}] | rule \"rest\": keep must be 0..1, was -0.1",
                "[{\"name\":\"rest\",\"keep\":\"0.1\"}] | rule \"rest\": keep must be 0..1, was \"0.1\"",
                "[{\"name\":\"rest\",\"keep\":1.0000000000000000000001}] | rule \"rest\": keep must be 0..1, was 1.00000",
                "[{\"name\":\"rest\",\"keep\":true}] | rule \"rest\": keep must be 0..1, was true",
                "[{\"name\":\"rest\",\"keep\":NaN}] | must be a list of rules in JSON: rule 1, line 1"
            })
    void whatIsWrong_isNamed(String text, String message) {
        assertThatThrownBy(() -> TailRulesJson.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains(message)
                .doesNotContain("\n");
    }

    @Test
    void hundredRules_areTheMost() {
        assertThat(TailRulesJson.read(rules(100)).rules()).hasSize(100);
        assertThatThrownBy(() -> TailRulesJson.read(rules(101))).hasMessage("must be at most 100 rules, were 101");
    }

    private static String rules(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> "{\"name\":\"rule" + number + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void whatIsTooLong_isRefused() {
        String long1 = "x".repeat(2_049);
        assertThatThrownBy(() -> TailRulesJson.read("[{\"name\":\"a\",\"service\":\"" + long1 + "\"}]"))
                .hasMessage("rule \"a\": service must be at most 2048 characters, was 2049 long");
        assertThatThrownBy(() -> TailRulesJson.read("[{\"name\":\"" + "n".repeat(65) + "\"}]"))
                .hasMessageStartingWith("rule 1: name must be 1..64 letters");
        String tags = IntStream.rangeClosed(1, 21)
                .mapToObj(number -> "\"k" + number + "\":\"v\"")
                .collect(Collectors.joining(","));
        assertThatThrownBy(() -> TailRulesJson.read("[{\"name\":\"a\",\"tags\":{" + tags + "}}]"))
                .hasMessage("rule \"a\": tags must be at most 20, were 21");
        assertThatThrownBy(() -> TailRulesJson.read(" ".repeat(TailRulesJson.MAX_LENGTH) + "[]"))
                .hasMessage("must be at most 1048576 characters, was 1048578 long");
        assertThatThrownBy(() -> TailRulesJson.read("[".repeat(5_000))).hasMessageContaining("in JSON: rule 1");
    }
}
