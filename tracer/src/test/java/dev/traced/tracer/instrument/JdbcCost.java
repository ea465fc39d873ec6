package dev.traced.tracer.instrument;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * Prints what a query costs its thread: a connection of a pool, a prepared statement, a parameter, a row. Without tracing, with
 * what stands around the driver alone (no SDK, whose spans cost nothing), and with it; it asserts nothing.
 *
 * <p>Arguments: queries a round (20,000), rounds of each kind (10), of which the best counts: other programs run on this machine.
 */
final class JdbcCost {
    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

    private static final SpanExporter NOWHERE = SpanExporter.composite();

    private JdbcCost() {}

    public static void main(String[] arguments) throws SQLException {
        int queries = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10;
        JdbcConnectionPool plain = JdbcConnectionPool.create("jdbc:h2:mem:cost", "sa", "");
        try (Connection connection = plain.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table products(id int primary key, name varchar(20))");
            statement.execute("insert into products values (7, 'teapot')");
        }
        DataSource around = TracingDataSource.wrap(plain, OpenTelemetry.noop());
        DataSource traced = TracingDataSource.wrap(
                plain,
                OpenTelemetrySdk.builder()
                        .setTracerProvider(SdkTracerProvider.builder()
                                .addSpanProcessor(SimpleSpanProcessor.create(NOWHERE))
                                .build())
                        .build());
        double[] best = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
        for (int round = 0; round < rounds; round++) {
            best[0] = Math.min(best[0], nanoseconds(plain, queries));
            best[1] = Math.min(best[1], nanoseconds(around, queries));
            best[2] = Math.min(best[2], nanoseconds(traced, queries));
        }
        System.out.printf(
                Locale.ROOT,
                "a query: %.0f ns; around it %.0f ns; with a span %.0f ns in all%n",
                best[0],
                best[1] - best[0],
                best[2] - best[0]);
        plain.dispose();
    }

    private static double nanoseconds(DataSource database, int queries) throws SQLException {
        long before = THREAD.getCurrentThreadCpuTime();
        for (int i = 0; i < queries; i++) {
            try (Connection connection = database.getConnection();
                    PreparedStatement query = connection.prepareStatement("select name from products where id = ?")) {
                query.setObject(1, 7);
                try (ResultSet rows = query.executeQuery()) {
                    rows.next();
                    rows.getString(1);
                }
            }
        }
        return (THREAD.getCurrentThreadCpuTime() - before) / (double) queries;
    }
}
