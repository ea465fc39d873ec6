package dev.traced.tracer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.opentelemetry.api.trace.SpanKind;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A collector that is away is not worth more than a line or two of the program's log. */
class OutageLogTest {
    private static final Logger OURS = (Logger) LoggerFactory.getLogger("dev.traced.tracer");

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final List<String> julLines = new CopyOnWriteArrayList<>();
    private final Handler jul = new Handler() {
        @Override
        public void publish(LogRecord logged) {
            julLines.add(logged.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        OURS.setLevel(Level.INFO);
        OURS.addAppender(lines);
        LogManager.getLogManager().getLogger("").addHandler(jul);
    }

    @AfterEach
    void stopListening() {
        OURS.detachAppender(lines);
        OURS.setLevel(null);
        LogManager.getLogManager().getLogger("").removeHandler(jul);
    }

    @Test
    void anOutage_isALineWithTheReason_andOneWhenItIsOver() {
        int port = Collector.freePort();
        URI endpoint = URI.create("http://127.0.0.1:" + port);
        try (Tracing tracing = Tracing.builder("shop").endpoint(endpoint).build()) {
            tracing.start("work", SpanKind.INTERNAL).close();
            assertThat(tracing.flush(Duration.ofSeconds(1))).isFalse();
            String begun = lines.list.get(0).getFormattedMessage();
            assertThat(begun)
                    .startsWith("the collector does not take spans, which wait for it meanwhile: ")
                    .contains("ConnectException", "127.0.0.1:" + port);

            try (Collector collector = new Collector(port)) {
                assertThat(tracing.flush(Duration.ofSeconds(10))).isTrue();
                assertThat(collector.spans()).hasSize(1);
            }
            await().untilAsserted(() -> assertThat(lines.list)
                    .hasSize(2)
                    .last()
                    .asString()
                    .contains("the collector takes spans again after"));
        }
        assertThat(julLines).isEmpty();
    }

    @Test
    void whatIsLeftAtTheEnd_isALine_withHowMany() {
        URI nowhere = URI.create("http://127.0.0.1:" + Collector.freePort());
        Tracing tracing = Tracing.builder("shop").endpoint(nowhere).build();
        tracing.start("one", SpanKind.INTERNAL).close();
        tracing.start("two", SpanKind.INTERNAL).close();

        assertThat(tracing.close(Duration.ofMillis(500))).isFalse();

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .last()
                .isEqualTo("2 spans were dropped: the collector had not taken them when tracing was closed");
    }

    @Test
    void refusals_areALine_notOneABatch() {
        try (Collector collector = new Collector();
                Tracing tracing = Tracing.builder("shop")
                        .endpoint(collector.url())
                        .property("otel.bsp.schedule.delay", "600000") // a flush is all that sends
                        .build()) {
            collector.answers(401);
            for (int batch = 0; batch < 20; batch++) {
                tracing.start("work", SpanKind.INTERNAL).close();
                assertThat(tracing.flush(Duration.ofSeconds(10))).isFalse();
            }

            assertThat(tracing.dropped()).isEqualTo(20);
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly("1 spans were dropped: the collector refuses them with HTTP status 401");
        }
        assertThat(julLines).isEmpty();
    }
}
