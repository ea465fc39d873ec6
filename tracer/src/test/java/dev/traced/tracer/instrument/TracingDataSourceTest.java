package dev.traced.tracer.instrument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.semconv.DbAttributes;
import io.opentelemetry.semconv.ErrorAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.jdbc.JdbcSQLSyntaxErrorException;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class TracingDataSourceTest {
    private final RecordedSpans spans = new RecordedSpans();
    private final JdbcDataSource plain = new JdbcDataSource();
    private final DataSource database = TracingDataSource.wrap(plain, spans.telemetry());

    TracingDataSourceTest() {
        plain.setURL("jdbc:h2:mem:");
    }

    @Test
    void statements_areSpansBelowTheCurrent_withoutTheirLiterals() throws Exception {
        Span parent = spans.telemetry().getTracer("test").spanBuilder("parent").startSpan();

        String card = Context.root().with(parent).wrap(() -> cardOf("mallory")).call();

        assertThat(card).isEqualTo("4111");
        assertThat(spans.soFar()).hasSize(3).allSatisfy(span -> {
            assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(span.getParentSpanId()).isEqualTo(parent.getSpanContext().getSpanId());
            assertThat(span.toString())
                    .doesNotContain("4111")
                    .doesNotContain("mallory")
                    .doesNotContain("O''Brien");
        });
        SpanData insert = spans.soFar().get(1);
        assertThat(insert.getName()).isEqualTo("INSERT cards");
        assertThat(insert.getAttributes().asMap())
                .containsEntry(DbAttributes.DB_SYSTEM_NAME, "h2database")
                .containsEntry(DbAttributes.DB_QUERY_TEXT, "INSERT INTO cards VALUES (?, ?)")
                .containsEntry(DbAttributes.DB_QUERY_SUMMARY, "INSERT cards");
    }

    private String cardOf(String owner) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE cards(owner VARCHAR(20), number VARCHAR(20))");
            assertThat(statement.executeUpdate("INSERT INTO cards VALUES ('mallory', '4111')"))
                    .isEqualTo(1);
            try (PreparedStatement query =
                    connection.prepareStatement("SELECT number FROM cards WHERE owner = ? AND owner <> 'O''Brien'")) {
                query.setString(1, owner);
                try (ResultSet rows = query.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    return rows.getString(1);
                }
            }
        }
    }

    @Test
    void failure_isTheDatabasesOwn_andAnError() throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("SELECT * FROM nowhere"))
                    .isInstanceOf(JdbcSQLSyntaxErrorException.class);
            assertThat(database.unwrap(JdbcDataSource.class)).isSameAs(plain);
        }

        assertThat(spans.only().getStatus())
                .as("without the message, in which drivers put values")
                .isEqualTo(StatusData.create(StatusCode.ERROR, ""));
        assertThat(spans.only().getEvents()).isEmpty();
        assertThat(spans.only().getAttributes().asMap())
                .containsEntry(ErrorAttributes.ERROR_TYPE, "org.h2.jdbc.JdbcSQLSyntaxErrorException")
                .containsEntry(DbAttributes.DB_RESPONSE_STATUS_CODE, "42S04");
    }

    /** That they are null is for the driver to say, as it says it without us. */
    @Test
    void statementsThatAreNull_areTheDriversToRefuse() throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(null)).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> statement.addBatch(null)).isInstanceOf(SQLException.class);
            statement.addBatch("CREATE TABLE t(a INT)");
            assertThat(statement.executeBatch()).hasSize(1);
        }
    }

    @Test
    void databaseThatDoesNotSayWhatItIs_isAskedAgain() throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }
        DataSource asked = TracingDataSource.wrap(plain, spans.telemetry());
        Connection closed = asked.getConnection();
        Statement left = closed.createStatement();
        closed.close();
        assertThatThrownBy(() -> left.execute("SELECT 1")).isInstanceOf(SQLException.class);
        try (Connection connection = asked.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
        }

        assertThat(spans.soFar())
                .extracting(span -> span.getAttributes().get(DbAttributes.DB_SYSTEM_NAME))
                .containsExactly("h2database", "other_sql", "h2database");
    }

    @Test
    void batch_isOneSpan() throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t(a INT)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
                for (int i = 0; i < 3; i++) {
                    insert.setInt(1, i);
                    insert.addBatch();
                }
                assertThat(insert.executeBatch()).containsExactly(1, 1, 1);
            }
        }

        assertThat(spans.soFar()).hasSize(2);
        assertThat(spans.soFar().get(1).getAttributes().get(DbAttributes.DB_OPERATION_BATCH_SIZE))
                .isEqualTo(3);
    }
}
