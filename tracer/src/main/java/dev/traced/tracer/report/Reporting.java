package dev.traced.tracer.report;

import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizer;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.logs.LogRecordProcessor;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How spans and logs get from the SDK to the collector. The SDK makes the batches, on a thread of its own for each
 * kind, and sends them; before that stands a {@link Backlog} and behind it a {@link Delivery}, so that
 *
 * <ul>
 *   <li>what waits is bounded, in number and in bytes, and what there is no room for is dropped;
 *   <li>a batch is tried until it is taken or refused, or until the program ends;
 *   <li>what ended = sent + dropped + waiting, at any time.
 * </ul>
 *
 * <pre>
 * span ends -&gt; SpanIntake (Backlog: room?) -&gt; BatchSpanProcessor -&gt; SpanOutlet (Delivery) -&gt;
 * OtlpHttpSpanExporter
 * </pre>
 *
 * <p>Other exporters than OTLP's, and several of them at once, are the SDK's as they are, and not counted. Set up by
 * one thread; afterwards any thread may call any method.
 */
public final class Reporting {
    /** How much memory the spans that wait may take, by {@link Weight}; the logs as much again. */
    static final long MAX_BYTES = 32L << 20;

    private static final String MAX_SPANS = "otel.bsp.max.queue.size";
    private static final String MAX_LOGS = "otel.blrp.max.queue.size";
    private static final int MAX_ITEMS = 8_192;

    private @Nullable Channel spans;
    private @Nullable Channel logs;

    /**
     * Where these differ from OpenTelemetry's: four times the room, and batches after two seconds and not five, since a trace
     * is looked at as soon as it is there, and closes when nothing has come for five seconds, the backend's default. More often, and a
     * service with few requests would spend most of what tracing takes on sending: a batch costs as much as dozens of spans.
     */
    public static Map<String, String> defaults() {
        return Map.of(
                MAX_SPANS,
                Integer.toString(MAX_ITEMS),
                MAX_LOGS,
                Integer.toString(MAX_ITEMS),
                "otel.bsp.schedule.delay",
                "2000",
                "otel.blrp.schedule.delay",
                "2000");
    }

    public void customize(AutoConfigurationCustomizer sdk) {
        sdk.addSpanExporterCustomizer(Reporting::outlet);
        sdk.addSpanProcessorCustomizer((processor, config) -> intake(processor));
        sdk.addLogRecordExporterCustomizer(Reporting::outlet);
        sdk.addLogRecordProcessorCustomizer((processor, config) -> intake(processor));
    }

    private static SpanExporter outlet(SpanExporter configured, ConfigProperties config) {
        Answers answers = new Answers();
        SpanExporter exporter = Exporters.forDelivery(configured, answers);
        if (exporter == null) {
            return configured;
        }
        Backlog backlog = new Backlog(config.getInt(MAX_SPANS, MAX_ITEMS), MAX_BYTES);
        return new SpanOutlet(
                new Delivery<>("spans", backlog, WeighedSpan::weightOf, exporter::export, answers::last), exporter);
    }

    private static LogRecordExporter outlet(LogRecordExporter configured, ConfigProperties config) {
        Answers answers = new Answers();
        LogRecordExporter exporter = Exporters.forDelivery(configured, answers);
        if (exporter == null) {
            return configured;
        }
        Backlog backlog = new Backlog(config.getInt(MAX_LOGS, MAX_ITEMS), MAX_BYTES);
        return new LogOutlet(new Delivery<>("logs", backlog, Weight::of, exporter::export, answers::last), exporter);
    }

    private SpanProcessor intake(SpanProcessor processor) {
        if (processor instanceof BatchSpanProcessor batches && batches.getSpanExporter() instanceof SpanOutlet outlet) {
            spans = new Channel(outlet.delivery(), processor::forceFlush);
            return new SpanIntake(outlet.delivery().backlog(), processor);
        }
        return processor;
    }

    private LogRecordProcessor intake(LogRecordProcessor processor) {
        if (processor instanceof BatchLogRecordProcessor batches
                && batches.getLogRecordExporter() instanceof LogOutlet outlet) {
            logs = new Channel(outlet.delivery(), processor::forceFlush);
            return new LogIntake(outlet.delivery().backlog(), processor);
        }
        return processor;
    }

    /** Sends what has ended; returns whether all of it was taken within the limit. */
    public boolean flush(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        List<Channel.Flush> flushes = channels().stream().map(Channel::flush).toList();
        boolean sent = true;
        for (Channel.Flush flush : flushes) {
            sent &= flush.await(deadline);
        }
        return sent;
    }

    /** Ends what is under way; from here on nothing is sent, and what ends counts as dropped. */
    public void abandon() {
        channels().forEach(Channel::abandon);
    }

    /** Counts what still waits as dropped: for when nobody is there any more who would send it. */
    public void giveUp() {
        channels().forEach(Channel::giveUp);
    }

    public Drops droppedSpans() {
        return spans == null ? Drops.NONE : spans.drops();
    }

    public Drops droppedLogs() {
        return logs == null ? Drops.NONE : logs.drops();
    }

    private List<Channel> channels() {
        List<Channel> channels = new ArrayList<>();
        if (spans != null) {
            channels.add(spans);
        }
        if (logs != null) {
            channels.add(logs);
        }
        return channels;
    }
}
