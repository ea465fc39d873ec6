package dev.traced.tracer.demo.shop;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * The database of one service.
 *
 * @param plain for what belongs to no request: the tables a service starts with
 * @param requests what requests ask
 */
record Database(DataSource plain, DataSource requests) {
    private static final ScheduledExecutorService HOUSEKEEPER = Executors.newSingleThreadScheduledExecutor();

    /** Reads one row. */
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Runs a statement that is no request's. */
    void define(String sql) {
        change(plain, sql);
    }

    /** A table of what happens. Its rows go after ten minutes, since the shop may be open for days. */
    void defineHistory(String table, String columns) {
        define("create table " + table + " (" + columns + ", at timestamp default localtimestamp)");
        String forget = "delete from " + table + " where at < dateadd(minute, -10, localtimestamp)";
        HOUSEKEEPER.scheduleWithFixedDelay(() -> define(forget), 1, 1, TimeUnit.MINUTES);
    }

    int change(String sql, Object... values) {
        return change(requests, sql, values);
    }

    <T> List<T> query(String sql, Row<T> row, Object... values) {
        try (Connection connection = requests.getConnection();
                PreparedStatement statement = prepare(connection, sql, values);
                ResultSet found = statement.executeQuery()) {
            List<T> rows = new ArrayList<>();
            while (found.next()) {
                rows.add(row.read(found));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static int change(DataSource source, String sql, Object... values) {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = prepare(connection, sql, values)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @SuppressWarnings("resource") // the caller closes it
    private static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
