package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.http.HttpProblem;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceIdTextTest {
    @ParameterizedTest
    @CsvSource({
        "5b8efff7-98f8-4e2e-9c2e-6a1b2c3d4e5f, 5b8efff7-98f8-4e2e-9c2e-6a1b2c3d4e5f",
        "5B8EFFF798F84E2E9C2E6A1B2C3D4E5F, 5b8efff7-98f8-4e2e-9c2e-6a1b2c3d4e5f",
        "48485a3953bb6124, 00000000-0000-0000-4848-5a3953bb6124",
        "7, 00000000-0000-0000-0000-000000000007"
    })
    void parse_takesWhatClientsWrite(String text, String uuid) {
        assertThat(TraceIdText.parse(text)).hasToString(uuid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "xyz", "5b8efff798f84e2e9c2e6a1b2c3d4e5f0", "-1", "\uff11", "12 4"})
    void parse_refusesTheRest(String text) {
        assertThatThrownBy(() -> TraceIdText.parse(text))
                .isInstanceOf(HttpProblem.class)
                .hasMessageStartingWith("trace_id must be a UUID or 1..32 hexadecimal digits, was \"");
    }
}
