package dev.traced.tracer.instrument.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A connection whose statements are traced. */
final class TracedConnection extends JdbcProxy<Connection> {
    private final StatementSpans spans;

    TracedConnection(Connection connection, StatementSpans spans) {
        super(connection);
        this.spans = spans;
    }

    StatementSpans spans() {
        return spans;
    }

    @Override
    @Nullable
    Object call(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        Object result = callTarget(method, arguments);
        if (result instanceof Statement statement) {
            return new TracedStatement(statement, this, (Connection) proxy, firstText(arguments)).proxy();
        }
        return result;
    }

    /** Where there is a statement among arguments, it is the first of them; else null, as where it is null. */
    static @Nullable String firstText(@Nullable Object @Nullable [] arguments) {
        return arguments != null && arguments.length > 0 && arguments[0] instanceof String text ? text : null;
    }
}
