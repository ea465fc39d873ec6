package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.http.HttpProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeverityTest {
    @ParameterizedTest
    @CsvSource({"trace, 1", "DEBUG, 5", "Info, 9", "warn, 13", "ERROR, 17", "fatal, 21", "1, 1", "24, 24"})
    void lowest_isThatOfTheName_orTheNumber(String text, int number) {
        assertThat(Severity.lowest(text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "25", "-1", "loud", "", "9.5"})
    void whatIsNone_isRefused(String text) {
        assertThatThrownBy(() -> Severity.lowest(text))
                .isInstanceOf(HttpProblem.class)
                .hasMessageContaining("severity must be 1..24 or one of TRACE");
    }

    @Test
    void name_isThatOfItsFourNumbers() {
        assertThat(Severity.name(0)).isEmpty();
        assertThat(Severity.name(9)).isEqualTo("INFO");
        assertThat(Severity.name(12)).isEqualTo("INFO");
        assertThat(Severity.name(24)).isEqualTo("FATAL");
        assertThat(Severity.name(25)).isEmpty();
    }
}
