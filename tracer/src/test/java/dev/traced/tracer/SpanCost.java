package dev.traced.tracer;

import com.sun.management.ThreadMXBean;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a span costs the thread that it is of: start, an attribute, end; beside the SDK without us. A main for the
 * hand, not a test: the best of many bursts that fit into the queue, which is emptied in between.
 */
final class SpanCost {
    private static final int BURST = 1_500;
    private static final int BURSTS = 60;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private SpanCost() {}

    public static void main(String[] arguments) {
        try (Collector collector = new Collector();
                Tracing tracing =
                        Tracing.builder("cost").endpoint(collector.url()).build();
                SdkTracerProvider sdk = plainSdk(collector)) {
            collector.forgets();
            Tracer tracer = sdk.get("cost");
            for (int round = 0; round < 3; round++) {
                measure("Tracing", () -> ours(tracing), () -> tracing.flush(Duration.ofSeconds(10)));
                measure("SDK alone", () -> theirs(tracer), () -> sdk.forceFlush()
                        .join(10, TimeUnit.SECONDS));
            }
            System.out.println("dropped " + tracing.droppedSpans());
        }
    }

    private static SdkTracerProvider plainSdk(Collector collector) {
        return SdkTracerProvider.builder()
                .addSpanProcessor(BatchSpanProcessor.builder(OtlpHttpSpanExporter.builder()
                                .setEndpoint(collector.url() + "/v1/traces")
                                .build())
                        .build())
                .build();
    }

    private static void ours(Tracing tracing) {
        try (ActiveSpan span = tracing.start("work", SpanKind.INTERNAL)) {
            span.attribute("card.brand", "visa");
        }
    }

    private static void theirs(Tracer tracer) {
        Span span = tracer.spanBuilder("work").setSpanKind(SpanKind.INTERNAL).startSpan();
        try (Scope scope = span.makeCurrent()) {
            span.setAttribute("card.brand", "visa");
        } finally {
            span.end();
        }
    }

    private static void measure(String what, Runnable span, Runnable empty) {
        long bestNanos = Long.MAX_VALUE;
        long bytes = 0;
        for (int burst = 0; burst < BURSTS; burst++) {
            empty.run();
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            for (int i = 0; i < BURST; i++) {
                span.run();
            }
            bestNanos = Math.min(bestNanos, System.nanoTime() - start);
            bytes = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        }
        System.out.printf(Locale.ROOT, "%-10s %5d ns, %5d bytes a span%n", what, bestNanos / BURST, bytes / BURST);
    }
}
