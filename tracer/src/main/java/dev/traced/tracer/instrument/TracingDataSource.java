package dev.traced.tracer.instrument;

import dev.traced.tracer.Tracing;
import dev.traced.tracer.instrument.jdbc.TracedDataSource;
import io.opentelemetry.api.OpenTelemetry;
import javax.sql.DataSource;

/**
 * A data source that makes a CLIENT span of each statement, below the current one:
 *
 * <pre>{@code
 * DataSource database = TracingDataSource.wrap(pool, tracing);
 * }</pre>
 *
 * <p>The span has the statement with {@code ?} for its literals, and no parameters: they are the program's data. A batch is one
 * span. Answers and exceptions are the database's own, result sets too: their {@code getStatement} is the driver's.
 *
 * <p>Data source, connections and statements can be cast to every interface that they can be cast to without it. {@code unwrap}
 * for an interface of JDBC gives what is traced, for any other type what is wrapped.
 */
public final class TracingDataSource {
    private TracingDataSource() {}

    public static DataSource wrap(DataSource database, Tracing tracing) {
        return wrap(database, tracing.openTelemetry());
    }

    static DataSource wrap(DataSource database, OpenTelemetry telemetry) {
        return TracedDataSource.of(database, telemetry);
    }
}
