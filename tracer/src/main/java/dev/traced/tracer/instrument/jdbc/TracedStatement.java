package dev.traced.tracer.instrument.jdbc;

import io.opentelemetry.api.trace.Span;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement whose executions are spans. Like statements themselves it is for one thread at a time. */
final class TracedStatement extends JdbcProxy<Statement> {
    private final TracedConnection owner;
    private final Connection connection;
    private final @Nullable String prepared;
    private @Nullable String firstOfBatch;
    private int batchSize;

    /**
     * @param owner whose statement it is
     * @param connection what the program knows of it
     * @param prepared what it was prepared with; null where each execution brings its own
     */
    TracedStatement(Statement statement, TracedConnection owner, Connection connection, @Nullable String prepared) {
        super(statement);
        this.owner = owner;
        this.connection = connection;
        this.prepared = prepared;
    }

    @Override
    @Nullable
    Object call(Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "execute", "executeQuery", "executeUpdate", "executeLargeUpdate" ->
                execute(method, arguments, arguments == null ? prepared : TracedConnection.firstText(arguments), 1);
            case "executeBatch", "executeLargeBatch" -> executeBatch(method, arguments);
            case "addBatch" -> addBatch(method, arguments);
            case "clearBatch" -> {
                Object result = callTarget(method, arguments);
                forgetBatch();
                yield result;
            }
            case "getConnection" -> callTarget(method, arguments) == null ? null : connection;
            default -> callTarget(method, arguments);
        };
    }

    private @Nullable Object execute(
            Method method, @Nullable Object @Nullable [] arguments, @Nullable String sql, int times) throws Throwable {
        Span span = owner.spans().start(owner.target(), sql, times);
        try {
            return callTarget(method, arguments);
        } catch (Throwable e) {
            StatementSpans.fail(span, e);
            throw e;
        } finally {
            span.end();
        }
    }

    private @Nullable Object executeBatch(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return execute(method, arguments, batchSize == 0 ? prepared : firstOfBatch, batchSize);
        } finally {
            forgetBatch(); // as drivers do, whether it went well or not
        }
    }

    /** What the driver refuses is not in the batch. */
    private @Nullable Object addBatch(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        Object result = callTarget(method, arguments);
        if (batchSize == 0) {
            firstOfBatch = arguments == null ? prepared : TracedConnection.firstText(arguments);
        }
        batchSize++;
        return result;
    }

    private void forgetBatch() {
        firstOfBatch = null;
        batchSize = 0;
    }
}
