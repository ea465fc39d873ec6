package dev.traced.tracer;

import dev.traced.tracer.report.Drops;
import dev.traced.tracer.report.Reporting;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * All that one service needs to be traced. Made once, by the program's main, and closed at its end:
 *
 * <pre>{@code
 * try (Tracing tracing = Tracing.builder("shop").build()) {
 *     try (ActiveSpan span = tracing.start("charge", SpanKind.INTERNAL)) {
 *         span.attribute("card.brand", brand);
 *         charge();
 *     }
 * }
 * }</pre>
 *
 * <p>Once it is built it throws nothing at the program, and lets it wait for nothing but {@link #flush} and {@link
 * #close}: a collector that is away, slow or refuses costs bounded memory, a line in the log and what {@link
 * #dropped()} counts.
 *
 * <p>Any thread may call any method.
 */
public final class Tracing implements AutoCloseable {
    /** Where {@code ./traced up} takes OTLP over HTTP, and where OpenTelemetry sends it unless it is told. */
    public static final URI DEFAULT_ENDPOINT = URI.create("http://localhost:4318");

    private static final String SCOPE = "dev.traced.tracer";
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);
    private static final Duration AT_MOST = Duration.ofDays(1); // for who says that any time will do

    private final OpenTelemetrySdk sdk;
    private final Reporting reporting;
    private final Tracer tracer;
    private final AtomicBoolean closed = new AtomicBoolean();

    Tracing(OpenTelemetrySdk sdk, Reporting reporting) {
        this.sdk = sdk;
        this.reporting = reporting;
        this.tracer = sdk.getTracer(SCOPE);
    }

    /** @param service what the spans' resource has as {@code service.name} */
    public static TracingBuilder builder(String service) {
        return new TracingBuilder().service(service);
    }

    /** For a program that is told its name by {@code OTEL_SERVICE_NAME}. */
    public static TracingBuilder builder() {
        return new TracingBuilder();
    }

    /** For what is instrumented for OpenTelemetry already: spans, logs, propagators. */
    public OpenTelemetry openTelemetry() {
        return sdk;
    }

    /** Starts a span below the current one and makes it the current one of this thread, until it is closed. */
    public ActiveSpan start(String name, SpanKind kind) {
        return start(name, kind, null);
    }

    /**
     * Starts a span below that of a context, which a server has extracted from a request for example, and makes it
     * the current one of this thread with what else is in there (baggage), until it is closed.
     *
     * @param parent null is the current one
     */
    public ActiveSpan start(String name, SpanKind kind, @Nullable Context parent) {
        Context current = ActiveSpan.current();
        Context above = parent == null ? current : parent;
        Span span = tracer.spanBuilder(name).setSpanKind(kind).setParent(above).startSpan();
        return ActiveSpan.of(span, above);
    }

    /**
     * An executor whose tasks have the context in which they were submitted: their spans are below the current one
     * there.
     */
    public static ExecutorService propagating(ExecutorService executor) {
        return Context.taskWrapping(executor);
    }

    /**
     * Sends what has ended; returns whether the collector took all of it within the limit. What was dropped before
     * counts in {@link #dropped()} only.
     */
    public boolean flush(Duration limit) {
        try {
            return reporting.flush(bounded(limit));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** How many spans were dropped since the program began; why is in {@link #droppedSpans()}. */
    public long dropped() {
        return reporting.droppedSpans().total();
    }

    public Drops droppedSpans() {
        return reporting.droppedSpans();
    }

    public Drops droppedLogs() {
        return reporting.droppedLogs();
    }

    /** Sends what has ended, for 5 s at most. */
    @Override
    public void close() {
        close(CLOSE_WITHIN);
    }

    /**
     * Sends what has ended, and ends within the limit: what the collector has not taken by then counts as dropped.
     * Returns whether it took all. Spans that end later are dropped and counted; the second time does nothing.
     *
     * <p>A thread that has been interrupted already, as those are that a program ends with, may take its time here too.
     */
    public boolean close(Duration limit) {
        if (closed.getAndSet(true)) {
            return true;
        }
        boolean interrupted = Thread.interrupted();
        try {
            Duration toEnd = bounded(limit).dividedBy(10);
            boolean sent = flush(bounded(limit).minus(toEnd));
            reporting.abandon();
            sdk.shutdown().join(toEnd.toMillis(), TimeUnit.MILLISECONDS);
            reporting.giveUp();
            return sent;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Duration bounded(Duration limit) {
        if (limit.isNegative()) {
            return Duration.ZERO;
        }
        return limit.compareTo(AT_MOST) > 0 ? AT_MOST : limit;
    }
}
