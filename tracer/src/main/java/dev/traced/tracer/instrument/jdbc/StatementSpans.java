package dev.traced.tracer.instrument.jdbc;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.semconv.DbAttributes;
import io.opentelemetry.semconv.ErrorAttributes;
import io.opentelemetry.semconv.ServerAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A span of each execution, named {@code SELECT orders}. Names and attributes are those of OpenTelemetry's conventions for
 * databases. Any thread may call it.
 */
final class StatementSpans {
    private static final String SCOPE = "dev.traced.tracer.instrument.jdbc";

    private final Tracer tracer;
    private volatile @Nullable SqlTexts texts;

    StatementSpans(OpenTelemetry telemetry) {
        this.tracer = telemetry.getTracer(SCOPE);
    }

    /**
     * The span of an execution that begins. It ends with that, after {@link #fail} if it failed.
     *
     * @param connection the driver's, which is asked what it is to
     * @param sql null is the driver's to refuse
     * @param times how many statements a batch has; 1 where it is none
     */
    Span start(Connection connection, @Nullable String sql, int times) {
        SqlTexts known = textsOf(connection);
        Database of = known.database();
        SqlText text = known.of(sql == null ? "" : sql);
        SpanBuilder span = tracer.spanBuilder(text.summary().isEmpty() ? of.system() : text.summary())
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(DbAttributes.DB_SYSTEM_NAME, of.system())
                .setAttribute(DbAttributes.DB_QUERY_TEXT, text.withoutLiterals())
                .setAttribute(DbAttributes.DB_QUERY_SUMMARY, text.summary());
        if (of.host() != null) {
            span.setAttribute(ServerAttributes.SERVER_ADDRESS, of.host());
        }
        if (times > 1) {
            span.setAttribute(DbAttributes.DB_OPERATION_BATCH_SIZE, (long) times);
        }
        return span.startSpan();
    }

    /** Of the database that it is to, asked until one connection has told: it is the same for all of a data source. */
    private SqlTexts textsOf(Connection connection) {
        SqlTexts known = texts;
        if (known == null) {
            Database database = Database.of(connection);
            known = new SqlTexts(database);
            if (!database.equals(Database.UNKNOWN)) {
                texts = known;
            }
        }
        return known;
    }

    /** Without its message, which drivers put values into, as in "duplicate key (card)=(4111)". */
    static void fail(Span span, Throwable failure) {
        span.setAttribute(ErrorAttributes.ERROR_TYPE, failure.getClass().getName());
        if (failure instanceof SQLException sql && sql.getSQLState() != null) {
            span.setAttribute(DbAttributes.DB_RESPONSE_STATUS_CODE, sql.getSQLState());
        }
        span.setStatus(StatusCode.ERROR);
    }
}
