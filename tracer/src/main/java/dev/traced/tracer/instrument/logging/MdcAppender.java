package dev.traced.tracer.instrument.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.AppenderAttachable;
import ch.qos.logback.core.spi.AppenderAttachableImpl;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.slf4j.MDC;

/**
 * Puts the ids of the current span into the MDC of what is logged, as {@code trace_id} and {@code span_id}, and passes it on:
 *
 * <pre>{@code
 * <appender name="traced" class="dev.traced.tracer.instrument.logging.MdcAppender">
 *   <appender-ref ref="console"/>   <!-- %X{trace_id} %X{span_id} -->
 * </appender>
 * }</pre>
 *
 * <p>The event has them, and not the thread: nothing is left behind there. It belongs before any appender that has its own
 * thread.
 */
public final class MdcAppender extends UnsynchronizedAppenderBase<ILoggingEvent>
        implements AppenderAttachable<ILoggingEvent> {
    static final String TRACE_ID = "trace_id";
    static final String SPAN_ID = "span_id";

    private final AppenderAttachableImpl<ILoggingEvent> appenders = new AppenderAttachableImpl<>();

    @Override
    protected void append(ILoggingEvent event) {
        SpanContext span = Span.current().getSpanContext();
        if (span.isValid() && event instanceof LoggingEvent logged) {
            correlate(logged, span);
        }
        appenders.appendLoopOnAppenders(event);
    }

    private static void correlate(LoggingEvent event, SpanContext span) {
        Map<String, String> copy = MDC.getCopyOfContextMap();
        Map<String, String> mdc = copy == null ? new HashMap<>() : copy; // Logback's, which may be changed
        mdc.put(TRACE_ID, span.getTraceId());
        mdc.put(SPAN_ID, span.getSpanId());
        try {
            event.setMDCPropertyMap(mdc);
        } catch (IllegalStateException e) {
            // Another appender has asked for the MDC before this one: an event's can be set only once.
        }
    }

    @Override
    public void stop() {
        super.stop();
        appenders.detachAndStopAllAppenders();
    }

    @Override
    public void addAppender(Appender<ILoggingEvent> appender) {
        appenders.addAppender(appender);
    }

    @Override
    public Iterator<Appender<ILoggingEvent>> iteratorForAppenders() {
        return appenders.iteratorForAppenders();
    }

    @Override
    public Appender<ILoggingEvent> getAppender(String name) {
        return appenders.getAppender(name);
    }

    @Override
    public boolean isAttached(Appender<ILoggingEvent> appender) {
        return appenders.isAttached(appender);
    }

    @Override
    public void detachAndStopAllAppenders() {
        appenders.detachAndStopAllAppenders();
    }

    @Override
    public boolean detachAppender(Appender<ILoggingEvent> appender) {
        return appenders.detachAppender(appender);
    }

    @Override
    public boolean detachAppender(String name) {
        return appenders.detachAppender(name);
    }
}
