package dev.traced.tracer.instrument.jdbc;

import io.opentelemetry.api.OpenTelemetry;
import java.lang.reflect.Method;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source whose connections are traced. */
public final class TracedDataSource extends JdbcProxy<DataSource> {
    private final StatementSpans spans;

    private TracedDataSource(DataSource database, StatementSpans spans) {
        super(database);
        this.spans = spans;
    }

    /** The data source with all its interfaces, {@link AutoCloseable} of a pool among them. */
    public static DataSource of(DataSource database, OpenTelemetry telemetry) {
        return (DataSource) new TracedDataSource(database, new StatementSpans(telemetry)).proxy();
    }

    @Override
    @Nullable
    Object call(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        Object result = callTarget(method, arguments);
        return result instanceof Connection connection ? new TracedConnection(connection, spans).proxy() : result;
    }
}
