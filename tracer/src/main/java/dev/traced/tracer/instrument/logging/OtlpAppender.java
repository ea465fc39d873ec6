package dev.traced.tracer.instrument.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Sends what is logged as OTLP, below the span it was logged in, once {@link TracingLogs#install} has told it by what:
 *
 * <pre>{@code
 * <appender name="otlp" class="dev.traced.tracer.instrument.logging.OtlpAppender"/>
 * }</pre>
 *
 * <p>A log has its message, time and level, its logger as the scope, MDC and key-values as attributes, and its exception. Behind
 * an appender with its own thread the span is known from the MDC, if a {@link MdcAppender} is before that. Logging does not wait:
 * the SDK's queue takes a log or drops it. What the SDK, its exporters and their HTTP client log is not sent, lest a failed sending makes the next.
 */
public final class OtlpAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final String TRACER = "dev.traced.tracer";

    private volatile @Nullable Loggers loggers;

    void sendBy(OpenTelemetry telemetry) {
        loggers = new Loggers(telemetry.getLogsBridge());
    }

    @Override
    protected void append(ILoggingEvent event) {
        Loggers sender = loggers;
        if (sender == null || isOfTheSender(event.getLoggerName())) {
            return;
        }
        Map<String, String> mdc = event.getMDCPropertyMap();
        LogRecordBuilder log = sender.get(event.getLoggerName())
                .logRecordBuilder()
                .setContext(contextOf(mdc))
                .setTimestamp(event.getTimeStamp(), TimeUnit.MILLISECONDS)
                .setSeverity(severityOf(event.getLevel()))
                .setSeverityText(event.getLevel().toString())
                .setBody(event.getFormattedMessage());
        describe(mdc, log);
        describe(event.getKeyValuePairs(), log);
        if (event.getThrowableProxy() instanceof ThrowableProxy thrown) {
            log.setException(thrown.getThrowable());
        }
        log.emit();
    }

    private static boolean isOfTheSender(String logger) {
        return logger.equals(TRACER) || logger.startsWith("io.opentelemetry.") || logger.startsWith("okhttp3.");
    }

    private static Context contextOf(Map<String, String> mdc) {
        Context current = Context.current();
        if (Span.fromContext(current).getSpanContext().isValid() || !mdc.containsKey(MdcAppender.TRACE_ID)) {
            return current;
        }
        SpanContext logged = SpanContext.create(
                mdc.getOrDefault(MdcAppender.TRACE_ID, ""),
                mdc.getOrDefault(MdcAppender.SPAN_ID, ""),
                TraceFlags.getDefault(),
                TraceState.getDefault());
        return current.with(Span.wrap(logged));
    }

    private static void describe(Map<String, String> mdc, LogRecordBuilder log) {
        for (Map.Entry<String, String> each : mdc.entrySet()) {
            if (!each.getKey().equals(MdcAppender.TRACE_ID) && !each.getKey().equals(MdcAppender.SPAN_ID)) {
                log.setAttribute(each.getKey(), each.getValue());
            }
        }
    }

    private static void describe(@Nullable List<KeyValuePair> pairs, LogRecordBuilder log) {
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                if (pair.value instanceof Long || pair.value instanceof Integer) {
                    log.setAttribute(pair.key, ((Number) pair.value).longValue());
                } else if (pair.value != null) {
                    log.setAttribute(pair.key, pair.value.toString());
                }
            }
        }
    }

    private static Severity severityOf(Level level) {
        return switch (level.toInt()) {
            case Level.TRACE_INT -> Severity.TRACE;
            case Level.DEBUG_INT -> Severity.DEBUG;
            case Level.WARN_INT -> Severity.WARN;
            case Level.ERROR_INT -> Severity.ERROR;
            default -> Severity.INFO;
        };
    }
}
