package dev.traced.tracer.instrument.logging;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.spi.AppenderAttachable;
import dev.traced.tracer.Tracing;
import io.opentelemetry.api.OpenTelemetry;
import java.util.Iterator;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Connects the {@link OtlpAppender}s of a program, which Logback makes, with its tracing, which the program makes. */
public final class TracingLogs {
    private TracingLogs() {}

    /** What was logged before went to the other appenders only. Does nothing where Logback is not what SLF4J logs to. */
    public static void install(Tracing tracing) {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            install(context, tracing.openTelemetry());
        }
    }

    static void install(LoggerContext context, OpenTelemetry telemetry) {
        for (Logger logger : context.getLoggerList()) {
            connect(logger.iteratorForAppenders(), telemetry);
        }
    }

    private static void connect(Iterator<Appender<ILoggingEvent>> appenders, OpenTelemetry telemetry) {
        while (appenders.hasNext()) {
            Appender<ILoggingEvent> appender = appenders.next();
            if (appender instanceof OtlpAppender otlp) {
                otlp.sendBy(telemetry);
            } else if (appender instanceof AppenderAttachable<?>) {
                @SuppressWarnings("unchecked") // an appender of logging events passes on logging events
                AppenderAttachable<ILoggingEvent> more = (AppenderAttachable<ILoggingEvent>) appender;
                connect(more.iteratorForAppenders(), telemetry);
            }
        }
    }
}
