package dev.traced.tracer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.traced.tracer.report.Drops;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of spans and logs that the collector does not take at once. */
class ReportingTest {
    private static final Duration PATIENT = Duration.ofSeconds(10);

    @Test
    void aCollectorThatIsBack_getsAllThatWaited() {
        int port = Collector.freePort();
        try (Tracing tracing = tracing(port).build()) {
            end(tracing, 1_000);
            log(tracing, 10);
            assertThat(tracing.flush(Duration.ofMillis(300))).isFalse();

            try (Collector collector = new Collector(port)) {
                assertThat(tracing.flush(PATIENT)).isTrue();
                assertThat(collector.spans()).hasSize(1_000);
                assertThat(collector.logs()).hasSize(10);
            }
            assertThat(tracing.dropped()).isZero();
            assertThat(tracing.droppedLogs()).isEqualTo(new Drops(0, 0, 0));
        }
    }

    @Test
    void whatThereIsNoRoomFor_isDroppedAndCounted_theRestArrives() {
        int port = Collector.freePort();
        try (Tracing tracing = tracing(port)
                .property("otel.bsp.max.queue.size", "600")
                .property("otel.blrp.max.queue.size", "512")
                .build()) {
            end(tracing, 1_000);
            log(tracing, 513);
            assertThat(tracing.droppedSpans()).isEqualTo(new Drops(400, 0, 0));
            assertThat(tracing.droppedLogs()).isEqualTo(new Drops(1, 0, 0));

            try (Collector collector = new Collector(port)) {
                assertThat(tracing.flush(PATIENT)).isTrue();
                assertThat(collector.spans()).hasSize(600);
                end(tracing, 500);
                assertThat(tracing.flush(PATIENT)).isTrue();
                assertThat(collector.spans()).hasSize(1_100);
            }
            assertThat(tracing.dropped()).isEqualTo(400);
        }
    }

    @Test
    void whatWaits_isBoundedInBytesToo() {
        String text = "x".repeat(8_192);
        try (Tracing tracing = tracing(Collector.freePort()).build()) {
            for (int i = 0; i < 1_000; i++) {
                try (ActiveSpan span = tracing.start("large", SpanKind.INTERNAL)) {
                    for (int key = 0; key < 16; key++) {
                        span.attribute("key" + key, text);
                    }
                }
            }

            // 16 texts of 16 KiB each: 32 MiB are 127 of them with what else they have.
            assertThat(tracing.droppedSpans().queueFull()).isBetween(872L, 875L);
            tracing.close(Duration.ofMillis(100));
        }
    }

    @Test
    void whatIsRefused_isDroppedAndCounted_andTheFlushSaysSo() {
        try (Collector collector = new Collector();
                Tracing tracing = tracing(collector.port()).build()) {
            collector.answers(400);
            end(tracing, 7);
            log(tracing, 2);

            assertThat(tracing.flush(PATIENT)).isFalse();
            assertThat(tracing.droppedSpans()).isEqualTo(new Drops(0, 7, 0));
            assertThat(tracing.droppedLogs()).isEqualTo(new Drops(0, 2, 0));
            assertThat(collector.requests()).as("no second try").isEqualTo(2);

            collector.answers(200);
            end(tracing, 3);
            assertThat(tracing.flush(PATIENT)).isTrue();
            assertThat(collector.spans()).hasSize(3);
        }
    }

    @Test
    void whatIsTakenInPart_isCountedForTheRest_andTheFlushSaysSo() {
        try (Collector collector = new Collector();
                Tracing tracing = tracing(collector.port()).build()) {
            collector.rejects(3);
            end(tracing, 7);
            log(tracing, 2);

            assertThat(tracing.flush(PATIENT)).isFalse();
            assertThat(tracing.droppedSpans()).isEqualTo(new Drops(0, 3, 0));
            assertThat(tracing.droppedLogs()).as("no more than there were").isEqualTo(new Drops(0, 2, 0));
            assertThat(collector.requests()).as("no second try").isEqualTo(2);

            collector.rejects(0);
            end(tracing, 1);
            assertThat(tracing.flush(PATIENT)).isTrue();
            assertThat(tracing.dropped()).isEqualTo(3);
        }
    }

    @Test
    void aBusyCollector_isAskedAgain_whenItSaid() {
        try (Collector collector = new Collector();
                Tracing tracing = tracing(collector.port()).build()) {
            collector.isBusyFor(2, 1);
            end(tracing, 5);
            long start = System.nanoTime();

            assertThat(tracing.flush(PATIENT)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1_900));
            assertThat(collector.requests()).isEqualTo(3);
            assertThat(collector.spans()).hasSize(5);
            assertThat(tracing.dropped()).isZero();
        }
    }

    @Test
    void aCollectorThatHangs_costsTheProgramNothing_norItsEnd() {
        try (Collector collector = new Collector();
                Tracing tracing = tracing(collector.port())
                        .property("otel.bsp.max.queue.size", "2048")
                        .build()) {
            collector.hangs();
            end(tracing, 1);
            assertThat(tracing.flush(Duration.ofMillis(50))).isFalse();
            long longestNanos = 0;
            for (int i = 0; i < 20_000; i++) {
                long start = System.nanoTime();
                end(tracing, 1);
                longestNanos = Math.max(longestNanos, System.nanoTime() - start);
            }
            assertThat(Duration.ofNanos(longestNanos)).isLessThan(Duration.ofMillis(500));
            assertThat(tracing.droppedSpans()).isEqualTo(new Drops(20_001 - 2_048, 0, 0));

            long start = System.nanoTime();
            assertThat(tracing.close(Duration.ofSeconds(1))).isFalse();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(1_500));
            assertThat(tracing.droppedSpans()).isEqualTo(new Drops(20_001 - 2_048, 0, 2_048));
        }
    }

    /** As most threads are that a program ends with. */
    @Test
    void closedByAnInterruptedThread_itSendsAllTheSame() {
        try (Collector collector = new Collector()) {
            Tracing tracing = tracing(collector.port()).build();
            end(tracing, 3);
            Thread.currentThread().interrupt();

            boolean sent = tracing.close(Duration.ofSeconds(Long.MAX_VALUE));

            assertThat(Thread.interrupted()).isTrue();
            assertThat(sent).isTrue();
            assertThat(collector.spans()).hasSize(3);
        }
    }

    /** The SDK answers a flush that comes during another with the result of that, which may have begun too early. */
    @Test
    void aFlushThatComesDuringAnother_waitsForItsOwn() throws Exception {
        try (Collector collector = new Collector();
                Tracing tracing = tracing(collector.port())
                        .property("otel.bsp.schedule.delay", "60000")
                        .build()) {
            ExecutorService threads = Executors.newFixedThreadPool(4);
            CountDownLatch over = new CountDownLatch(4);
            for (int thread = 0; thread < 4; thread++) {
                String name = "of " + thread;
                threads.execute(() -> {
                    for (int i = 0; i < 50; i++) {
                        tracing.start(name + " " + i, SpanKind.INTERNAL).close();
                        assertThat(tracing.flush(PATIENT)).isTrue();
                        collector.span(name + " " + i);
                    }
                    over.countDown();
                });
            }
            threads.shutdown();
            assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** ended = arrived + dropped, whatever the collector answers and however many end at once. */
    @Test
    void nothingIsUncounted() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Collector collector = new Collector()) {
            Tracing tracing = tracing(collector.port())
                    .property("otel.bsp.max.queue.size", "700")
                    .build();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            for (int thread = 0; thread < 4; thread++) {
                threads.execute(() -> end(tracing, 25_000));
            }
            threads.shutdown();
            while (!threads.awaitTermination(5, TimeUnit.MILLISECONDS)) {
                collector.answers(new int[] {200, 200, 400, 503}[random.nextInt(4)]);
            }
            collector.answers(200);
            assertThat(tracing.close(PATIENT)).as("seed " + seed).isTrue();

            Drops drops = tracing.droppedSpans();
            long arrived =
                    collector.spans().stream().map(Span::getSpanId).distinct().count();
            assertThat(arrived + drops.total()).as("seed %d, %s", seed, drops).isEqualTo(100_000);
            assertThat(arrived).isPositive();
            assertThat(drops.queueFull()).isPositive();
        }
    }

    @Test
    void aLogOfASpan_arrivesWithItsIds() {
        try (Collector collector = new Collector();
                Tracing tracing = tracing(collector.port()).build()) {
            ByteString traceId;
            try (ActiveSpan span = tracing.start("work", SpanKind.INTERNAL)) {
                log(tracing, 1);
                traceId = ByteString.copyFrom(span.span().getSpanContext().getTraceIdBytes());
            }
            assertThat(tracing.flush(PATIENT)).isTrue();

            LogRecord log = collector.logs().get(0);
            assertThat(log.getBody().getStringValue()).isEqualTo("line 0");
            assertThat(log.getTraceId()).isEqualTo(traceId);
        }
    }

    @Test
    void noThreadOfItsOwn_keepsTheProgramAlive() {
        try (Collector collector = new Collector();
                Tracing tracing = tracing(collector.port()).build()) {
            end(tracing, 1);
            log(tracing, 1);
            assertThat(tracing.flush(PATIENT)).isTrue();

            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().matches("(?i).*(batch|okhttp|otlp|okio).*"))
                    .hasSizeGreaterThanOrEqualTo(3)
                    .allMatch(Thread::isDaemon);
        }
    }

    /** However long the SDK's threads would wait for their next batch. */
    @ParameterizedTest
    @ValueSource(strings = {"1000", "600000"})
    void closed_itLeavesNoThread(String scheduleDelay) {
        try (Collector collector = new Collector()) {
            Set<Thread> ofOthers = Thread.getAllStackTraces().keySet();
            Tracing tracing = tracing(collector.port())
                    .property("otel.bsp.schedule.delay", scheduleDelay)
                    .property("otel.blrp.schedule.delay", scheduleDelay)
                    .build();
            end(tracing, 1);
            log(tracing, 1);
            tracing.close();

            await().atMost(PATIENT).untilAsserted(() -> assertThat(Thread.getAllStackTraces())
                    .as("stacks of what is left")
                    .allSatisfy((thread, stack) -> assertThat(ofOthers.contains(thread)
                                    || !thread.getName().matches("(Batch.*Processor|okhttp-dispatch).*"))
                            .as("%s at %s", thread, List.of(stack))
                            .isTrue()));
        }
    }

    @Test
    void aLimitThatIsOver_isOver() {
        try (Tracing tracing = tracing(Collector.freePort()).build()) {
            end(tracing, 1);
            assertThat(tracing.flush(Duration.ofSeconds(Long.MIN_VALUE))).isFalse();
            assertThat(tracing.close(Duration.ofSeconds(Long.MIN_VALUE))).isFalse();
            assertThat(tracing.droppedSpans()).isEqualTo(new Drops(0, 0, 1));
        }
    }

    private static TracingBuilder tracing(int port) {
        return Tracing.builder("shop").endpoint(URI.create("http://127.0.0.1:" + port));
    }

    private static void end(Tracing tracing, int spans) {
        for (int i = 0; i < spans; i++) {
            tracing.start("span", SpanKind.INTERNAL).close();
        }
    }

    private static void log(Tracing tracing, int logs) {
        for (int i = 0; i < logs; i++) {
            tracing.openTelemetry()
                    .getLogsBridge()
                    .get("test")
                    .logRecordBuilder()
                    .setSeverity(Severity.INFO)
                    .setBody("line " + i)
                    .emit();
        }
    }
}
