package dev.traced.tracer.instrument.logging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** Both appenders, configured as a program does it: by XML. */
class LogsTest {
    private static final String XML = """
            <configuration>
              <appender name="list" class="ch.qos.logback.core.read.ListAppender"/>
              <appender name="otlp" class="dev.traced.tracer.instrument.logging.OtlpAppender"/>
              <appender name="async" class="ch.qos.logback.classic.AsyncAppender"><appender-ref ref="otlp"/></appender>
              <appender name="traced" class="dev.traced.tracer.instrument.logging.MdcAppender">
                <appender-ref ref="list"/>
                <appender-ref ref="%s"/>
              </appender>
              <root level="TRACE"><appender-ref ref="traced"/></root>
            </configuration>""";

    private final InMemoryLogRecordExporter sent = InMemoryLogRecordExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(InMemorySpanExporter.create()))
                    .build())
            .setLoggerProvider(SdkLoggerProvider.builder()
                    .addLogRecordProcessor(SimpleLogRecordProcessor.create(sent))
                    .build())
            .build();
    private final Span span = sdk.getTracer("test").spanBuilder("span").startSpan();
    private final LoggerContext logback = new LoggerContext();
    private final Logger logger = logback.getLogger("shop.Cart");

    @BeforeEach
    void configure() throws Exception {
        configure("otlp");
    }

    private void configure(String below) throws Exception {
        logback.reset();
        logback.setMDCAdapter(MDC.getMDCAdapter());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(logback);
        configurator.doConfigure(new ByteArrayInputStream(XML.formatted(below).getBytes(UTF_8)));
    }

    @AfterEach
    void stop() {
        logback.stop();
        MDC.clear();
    }

    @Test
    void log_hasTheIdsOfItsSpanInItsMdc_andTheThreadHasNot() {
        MDC.put("user", "7");
        inSpan(() -> logger.info("in"));
        logger.info("out");

        List<ILoggingEvent> events = events();
        SpanContext ids = span.getSpanContext();
        assertThat(events.get(0).getMDCPropertyMap())
                .isEqualTo(Map.of("user", "7", "trace_id", ids.getTraceId(), "span_id", ids.getSpanId()));
        assertThat(events.get(1).getMDCPropertyMap()).isEqualTo(Map.of("user", "7"));
        assertThat(MDC.getCopyOfContextMap()).isEqualTo(Map.of("user", "7"));
    }

    @Test
    void log_isSentWithAllItHas() {
        TracingLogs.install(logback, sdk);
        MDC.put("user", "7");

        inSpan(() -> logger.atWarn()
                .addKeyValue("items", 3)
                .addKeyValue("card", "visa")
                .setCause(new IllegalStateException("declined"))
                .log("charge of {} failed", 42));

        LogRecordData log = onlySent();
        assertThat(log.getSpanContext().getTraceId())
                .isEqualTo(span.getSpanContext().getTraceId());
        assertThat(log.getSpanContext().getSpanId())
                .isEqualTo(span.getSpanContext().getSpanId());
        assertThat(log.getBodyValue().asString()).isEqualTo("charge of 42 failed");
        assertThat(log.getSeverity()).isEqualTo(Severity.WARN);
        assertThat(log.getSeverityText()).isEqualTo("WARN");
        assertThat(log.getInstrumentationScopeInfo().getName()).isEqualTo("shop.Cart");
        assertThat(TimeUnit.NANOSECONDS.toMillis(log.getTimestampEpochNanos()))
                .isEqualTo(events().get(0).getTimeStamp());
        assertThat(log.getAttributes().get(AttributeKey.longKey("items"))).isEqualTo(3);
        assertThat(log.getAttributes().get(AttributeKey.stringKey("card"))).isEqualTo("visa");
        assertThat(log.getAttributes().get(AttributeKey.stringKey("user"))).isEqualTo("7");
        assertThat(log.getAttributes().get(AttributeKey.stringKey("exception.type")))
                .isEqualTo("java.lang.IllegalStateException");
        assertThat(log.getAttributes().get(AttributeKey.stringKey("exception.message")))
                .isEqualTo("declined");
        assertThat(log.getAttributes().get(AttributeKey.stringKey("exception.stacktrace")))
                .contains("LogsTest");
        assertThat(log.getAttributes().get(AttributeKey.stringKey("trace_id"))).isNull();
    }

    @Test
    void levels_areSeverities() {
        TracingLogs.install(logback, sdk);

        logger.trace("");
        logger.debug("");
        logger.info("");
        logger.warn("");
        logger.error("");

        assertThat(sent.getFinishedLogRecordItems())
                .extracting(LogRecordData::getSeverity)
                .containsExactly(Severity.TRACE, Severity.DEBUG, Severity.INFO, Severity.WARN, Severity.ERROR);
        assertThat(sent.getFinishedLogRecordItems())
                .noneMatch(log -> log.getSpanContext().isValid());
    }

    @Test
    void log_isOfItsSpan_behindAnAppenderWithItsOwnThread() throws Exception {
        configure("async");
        TracingLogs.install(logback, sdk);

        inSpan(() -> logger.info("in"));

        assertThat(onlySent().getSpanContext().getSpanId())
                .isEqualTo(span.getSpanContext().getSpanId());
    }

    @Test
    void logsOfTheSender_areNotSent_butLogged() {
        TracingLogs.install(logback, sdk);

        logback.getLogger("io.opentelemetry.exporter.internal.http.HttpExporter")
                .error("no answer");
        logback.getLogger("okhttp3.internal.concurrent.TaskRunner").error("Q10001 starting");
        logback.getLogger("dev.traced.tracer").error("dropped");
        logback.getLogger("dev.traced.tracer.demo.Shop").error("a program's");

        assertThat(events()).hasSize(4);
        assertThat(onlySent().getBodyValue().asString()).isEqualTo("a program's");
    }

    @Test
    void logsBeforeTheInstallation_goToTheOthersOnly() {
        logger.info("early");

        assertThat(events()).hasSize(1);
        assertThat(sent.getFinishedLogRecordItems()).isEmpty();
    }

    private void inSpan(Runnable task) {
        assertThat(span.getSpanContext().isValid()).isTrue();
        Context.root().with(span).wrap(task).run();
    }

    private List<ILoggingEvent> events() {
        MdcAppender traced = (MdcAppender) logback.getLogger("ROOT").getAppender("traced");
        return ((ListAppender<ILoggingEvent>) traced.getAppender("list")).list;
    }

    private LogRecordData onlySent() {
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !sent.getFinishedLogRecordItems()
                .isEmpty());
        assertThat(sent.getFinishedLogRecordItems()).hasSize(1);
        return sent.getFinishedLogRecordItems().get(0);
    }
}
