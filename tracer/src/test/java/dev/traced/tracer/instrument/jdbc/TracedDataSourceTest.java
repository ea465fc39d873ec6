package dev.traced.tracer.instrument.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.traced.tracer.instrument.RecordedSpans;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.semconv.DbAttributes;
import io.opentelemetry.semconv.ErrorAttributes;
import java.io.Closeable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.BatchUpdateException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbc.JdbcStatement;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracedDataSourceTest {
    private static final String INSERT = "INSERT INTO t(a) VALUES (1)";

    private final RecordedSpans spans = new RecordedSpans();
    private final JdbcDataSource plain = new JdbcDataSource();
    private final DataSource database = TracedDataSource.of(plain, spans.telemetry());
    private Connection connection;

    @BeforeEach
    void connect() throws SQLException {
        plain.setURL("jdbc:h2:mem:");
        connection = database.getConnection();
        connection
                .unwrap(JdbcConnection.class)
                .createStatement()
                .execute("CREATE TABLE t(id INT AUTO_INCREMENT, a INT UNIQUE)");
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    interface Execution {
        Object run(Statement statement) throws SQLException;
    }

    @Test
    void everyWayToExecuteAStatement_isASpan() throws SQLException {
        String[] columns = {"ID"};
        int[] indexes = {1};
        List<Execution> all = List.of(
                statement -> statement.execute(INSERT),
                statement -> statement.execute(INSERT, Statement.RETURN_GENERATED_KEYS),
                statement -> statement.execute(INSERT, indexes),
                statement -> statement.execute(INSERT, columns),
                statement -> statement.executeUpdate(INSERT),
                statement -> statement.executeUpdate(INSERT, Statement.RETURN_GENERATED_KEYS),
                statement -> statement.executeUpdate(INSERT, indexes),
                statement -> statement.executeUpdate(INSERT, columns),
                statement -> statement.executeLargeUpdate(INSERT),
                statement -> statement.executeLargeUpdate(INSERT, Statement.RETURN_GENERATED_KEYS),
                statement -> statement.executeLargeUpdate(INSERT, indexes),
                statement -> statement.executeLargeUpdate(INSERT, columns));

        for (Execution execution : all) {
            try (Statement statement = connection.createStatement()) {
                assertThat(execution.run(statement)).isIn(false, 1, 1L);
            }
            delete();
        }

        assertThat(spans.soFar()).hasSize(all.size()).allSatisfy(span -> {
            assertThat(span.getName()).isEqualTo("INSERT t");
            assertThat(text(span)).isEqualTo("INSERT INTO t(a) VALUES (?)");
        });
    }

    private void delete() throws SQLException {
        connection.unwrap(JdbcConnection.class).createStatement().execute("DELETE FROM t");
    }

    @Test
    void everyWayToExecuteWhatIsPrepared_isASpanOfIt() throws SQLException {
        try (PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO t(a) VALUES (?)", Statement.RETURN_GENERATED_KEYS);
                PreparedStatement query = connection.prepareStatement(
                        "SELECT a FROM t", ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
                CallableStatement call = connection.prepareCall("CALL 1")) {
            insert.setInt(1, 1);
            assertThat(insert.execute()).isFalse();
            insert.setInt(1, 2);
            assertThat(insert.executeUpdate()).isEqualTo(1);
            insert.setInt(1, 3);
            assertThat(insert.executeLargeUpdate()).isEqualTo(1);
            assertThat(insert.getGeneratedKeys().next()).isTrue();
            assertThat(query.executeQuery().last()).isTrue();
            assertThat(call.executeQuery().next()).isTrue();
        }

        assertThat(spans.soFar())
                .extracting(SpanData::getName)
                .containsExactly("INSERT t", "INSERT t", "INSERT t", "SELECT t", "CALL");
    }

    @Test
    void batchSize_isOfWhatTheDriverHasTaken() throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t(a) VALUES (?)")) {
            add(insert, 1);
            insert.clearBatch();
            add(insert, 2, 3);
            assertThat(insert.executeBatch()).containsExactly(1, 1);
            add(insert, 4, 5, 6);
            assertThat(insert.executeLargeBatch()).containsExactly(1, 1, 1);
            add(insert, 6, 6);
            assertThatThrownBy(insert::executeBatch).isInstanceOf(BatchUpdateException.class);
            add(insert, 7);
            assertThat(insert.executeBatch()).containsExactly(1);
        }

        assertThat(spans.soFar())
                .extracting(span -> span.getAttributes().get(DbAttributes.DB_OPERATION_BATCH_SIZE))
                .containsExactly(2L, 3L, 2L, null);
        assertThat(spans.soFar()).extracting(SpanData::getName).containsOnly("INSERT t");
    }

    private static void add(PreparedStatement insert, int... values) throws SQLException {
        for (int value : values) {
            insert.setInt(1, value);
            insert.addBatch();
        }
    }

    @Test
    void batchOfSeveralStatements_hasTheTextOfTheFirst() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.addBatch(INSERT);
            statement.addBatch("DELETE FROM t");
            assertThat(statement.executeBatch()).containsExactly(1, 1);
            statement.addBatch("DELETE FROM t");
            assertThat(statement.executeBatch()).containsExactly(0);
        }

        assertThat(spans.soFar()).extracting(SpanData::getName).containsExactly("INSERT t", "DELETE t");
    }

    @Test
    void closedStatement_isTheDriversToRefuse() throws SQLException {
        Statement statement = connection.createStatement();
        statement.close();

        assertThat(statement.isClosed()).isTrue();
        assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
        assertThat(spans.only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    }

    /** A checked one, an unchecked one and an error come as they are, wherever they are thrown. */
    @ParameterizedTest
    @ValueSource(classes = {SQLException.class, IllegalStateException.class, StackOverflowError.class})
    void whatADriverThrows_isTheSameOutside(Class<? extends Throwable> type) throws Exception {
        Throwable thrown = type.getConstructor(String.class).newInstance("driver's");
        PreparedStatement statement = fake(PreparedStatement.class, (proxy, method, arguments) -> {
            throw thrown;
        });
        Connection broken = fake(Connection.class, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "prepareStatement":
                    return statement;
                case "getMetaData":
                    return null;
                default:
                    throw thrown;
            }
        });
        Connection traced = TracedDataSource.of(
                        fake(DataSource.class, (proxy, method, arguments) -> broken), spans.telemetry())
                .getConnection();
        PreparedStatement query = traced.prepareStatement("SELECT 1");

        assertThat(catchThrowable(traced::commit)).isSameAs(thrown);
        assertThat(catchThrowable(() -> query.setInt(1, 1))).isSameAs(thrown);
        assertThat(catchThrowable(query::addBatch)).isSameAs(thrown);
        assertThat(catchThrowable(query::executeQuery)).isSameAs(thrown);
        assertThat(spans.only().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(spans.only().getAttributes().get(ErrorAttributes.ERROR_TYPE)).isEqualTo(type.getName());
    }

    @Test
    void nullToPrepare_isTheDriversToRefuse() throws SQLException {
        Throwable without = catchThrowable(() -> plain.getConnection().prepareStatement(null));

        assertThatThrownBy(() -> connection.prepareStatement(null)).isInstanceOf(without.getClass());
        assertThatThrownBy(() -> connection.unwrap(null))
                .isInstanceOf(
                        catchThrowable(() -> plain.getConnection().unwrap(null)).getClass());
    }

    @Test
    void unwrap_givesWhatIsJdbcsTraced_andTheDriversOwn() throws SQLException {
        PreparedStatement statement = connection.prepareStatement("SELECT 1");

        assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
        assertThat(connection.unwrap(JdbcConnection.class)).isExactlyInstanceOf(JdbcConnection.class);
        assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
        assertThat(statement.unwrap(JdbcStatement.class).getConnection()).isExactlyInstanceOf(JdbcConnection.class);
        assertThat(database.unwrap(DataSource.class)).isSameAs(database);
        for (Wrapper wrapper : List.of(connection, statement)) {
            assertThat(wrapper.isWrapperFor(wrapper.getClass())).isFalse();
            assertThat(wrapper.isWrapperFor(String.class)).isFalse();
            assertThatThrownBy(() -> wrapper.unwrap(String.class)).isInstanceOf(SQLException.class);
        }
        assertThat(connection.isWrapperFor(Connection.class)).isTrue();
        assertThat(connection.isWrapperFor(JdbcConnection.class)).isTrue();
    }

    @Test
    void statement_isOfTheTracedConnection() throws SQLException {
        assertThat(connection.createStatement().getConnection()).isSameAs(connection);
        assertThat(connection.prepareStatement("SELECT 1").getConnection()).isSameAs(connection);
        assertThat(connection.prepareCall("CALL 1").getConnection()).isSameAs(connection);
    }

    @Test
    void objects_areEqual_ifWhatTheyWrapIs() throws SQLException {
        JdbcConnection own = connection.unwrap(JdbcConnection.class);
        Connection again = (Connection) new TracedConnection(own, new StatementSpans(spans.telemetry())).proxy();
        try (Connection other = database.getConnection()) {
            assertThat(connection)
                    .isEqualTo(connection)
                    .isEqualTo(again)
                    .hasSameHashCodeAs(again)
                    .isNotEqualTo(other)
                    .isNotEqualTo(own)
                    .isNotEqualTo(null)
                    .isNotEqualTo("connection")
                    .hasToString(own.toString());
        }
    }

    /** A pool is closed at the end, as it would be without us; what is not for everybody is left out. */
    @Test
    void interfacesOfAPool_areKept() throws Exception {
        List<String> called = new ArrayList<>();
        DataSource pool = fake(Internal.class, (proxy, method, arguments) -> called.add(method.getName()) ? null : 0);

        DataSource traced = TracedDataSource.of(pool, spans.telemetry());
        ((AutoCloseable) traced).close();
        traced.setLoginTimeout(7);

        assertThat(called).containsExactly("close", "setLoginTimeout");
        assertThat(traced).isNotInstanceOf(Internal.class);
    }

    /** Not public: who is not of its package cannot call it. */
    private interface Internal extends DataSource, Closeable {}

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static String text(SpanData span) {
        return span.getAttributes().get(DbAttributes.DB_QUERY_TEXT);
    }
}
