package dev.traced.tracer.instrument.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlTextsTest {
    private final SqlTexts texts = new SqlTexts(new Database("postgresql", "db"));

    @Test
    void aStatementIsReadOnce() {
        SqlText first = texts.of("SELECT a FROM t WHERE b = 'secret'");
        assertThat(first).isEqualTo(new SqlText("SELECT a FROM t WHERE b = ?", "SELECT t"));
        assertThat(texts.of(new String("SELECT a FROM t WHERE b = 'secret'"))).isSameAs(first);
    }

    @Test
    void aProgramThatWritesItsValuesIntoStatementsFillsNoMemory() {
        for (int i = 0; i < 10 * SqlTexts.MAX_KEPT; i++) {
            assertThat(texts.of("SELECT a FROM t WHERE b = " + i).summary()).isEqualTo("SELECT t");
        }
        assertThat(texts.kept()).isEqualTo(SqlTexts.MAX_KEPT);
    }

    @Test
    void aLongStatementIsNotKept() {
        assertThat(texts.of("SELECT " + "a, ".repeat(SqlLiterals.MAX_LENGTH) + "a FROM t")
                        .summary())
                .startsWith("SELECT");
        assertThat(texts.kept()).isZero();
    }
}
