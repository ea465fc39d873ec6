package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryEncodingTest {
    @ParameterizedTest
    @CsvSource({
        "a, a",
        "a%3Ab, a:b",
        "%c3%A9t%C3%a9, \u00e9t\u00e9",
        "%f0%9f%98%80, \ud83d\ude00",
        "100%25, 100%",
        "\u00e9%20x, \u00e9 x"
    })
    void textOfUtf8_isDecoded(String encoded, String text) {
        assertThat(QueryEncoding.decoded(encoded)).isEqualTo(text);
    }

    /** No digits, too few of them, bytes that are no UTF-8, half of a character. */
    @ParameterizedTest
    @ValueSource(strings = {"%zz", "%", "a%4", "%4g", "%ff", "%c3", "%c3x", "%ed%a0%80", "%+1"})
    void otherText_isNone(String encoded) {
        assertThat(QueryEncoding.decoded(encoded)).isNull();
    }
}
