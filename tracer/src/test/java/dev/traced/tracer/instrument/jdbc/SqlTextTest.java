package dev.traced.tracer.instrument.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlTextTest {
    private static final Database POSTGRESQL = new Database("postgresql", null);
    private static final Database MYSQL = new Database("mysql", null);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
                    SELECT a1 FROM t2 WHERE b = 'secret'            | SELECT a1 FROM t2 WHERE b = ?
                    SELECT * FROM t WHERE b = 'O''secret' AND c = 1 | SELECT * FROM t WHERE b = ? AND c = ?

                    SELECT x FROM t WHERE y IN (1, -2.5e10, 0xFF)   | SELECT x FROM t WHERE y IN (?, -?, ?)
                    SELECT "t1"."c2" FROM "t1" LIMIT 10             | SELECT "t1"."c2" FROM "t1" LIMIT ?
                    SELECT $1, $tag$ it's $$ secret $tag$, $$a$$    | SELECT $1, ?, ?
                    SELECT X'ff', E'secret', N'secret'              | SELECT X?, E?, N?
                    SELECT a -- secret                              | SELECT a
                    SELECT /* 'secret' */ a FROM t                  | SELECT   a FROM t
                    SELECT a, /* secret                             | SELECT a,
                    SELECT 'never ends, secret                      | SELECT ?
                    SELECT 'it\\'s secret', 'secret'                | SELECT ?
                    SELECT q'[it's secret]' FROM dual               | SELECT ?
                    SELECT "never ends, secret                      | SELECT ?
                    INSERT INTO t VALUES (?, 'x', TRUE, NULL)       | INSERT INTO t VALUES (?, ?, TRUE, NULL)
                    """)
    void literals_areQuestionMarks(String sql, String expected) {
        assertThat(SqlText.of(sql, POSTGRESQL).withoutLiterals()).isEqualTo(expected);
    }

    @Test
    void doubleQuotes_areStringsInMySql() {
        assertThat(SqlText.of("SELECT `a` FROM t WHERE b = \"sec\"\"ret\" AND c = 'd'", MYSQL)
                        .withoutLiterals())
                .isEqualTo("SELECT `a` FROM t WHERE b = ? AND c = ?");
    }

    @Test
    void text_isCut() {
        String sql = "SELECT " + "a, ".repeat(100_000);

        assertThat(SqlText.of(sql, POSTGRESQL).withoutLiterals()).hasSizeBetween(4_000, SqlLiterals.MAX_LENGTH + 10);
        assertThat(SqlText.of("SELECT '" + "''".repeat(1_000_000) + "'", POSTGRESQL)
                        .withoutLiterals())
                .isEqualTo("SELECT ?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    select a from orders o join b on 1 = 2 | SELECT orders
                    INSERT INTO shop.orders VALUES (1)     | INSERT shop.orders
                    update orders set a = 1                | UPDATE orders
                    DELETE FROM orders                     | DELETE orders
                    CREATE TABLE IF NOT EXISTS t (a int)   | CREATE t
                    SELECT (SELECT 1)                      | SELECT
                    {call charge(1)}                       | CALL
                    BEGIN                                  | BEGIN
                    ''                                     | ''
                    """)
    void summary_isTheOperationAndItsFirstTable(String sql, String summary) {
        assertThat(SqlText.of(sql, POSTGRESQL).summary()).isEqualTo(summary);
    }
}
