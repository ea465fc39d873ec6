package dev.traced.tracer;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens to the wall clock, no span of a process starts before its parent there, nor ends before its
 * start.
 */
class OrderInTimeTest {
    private static final TextMapPropagator W3C =
            TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance());

    private final HandClock wall = new HandClock();

    @Test
    void aServiceThatCallsItself_whileTheWallClockIsSetBack() {
        List<SpanData> spans = callOfItself(new SteadyClock(wall));

        assertInOrder(spans);
    }

    /** The reason for a clock of our own: it reads the wall clock again at each span whose parent came in a request. */
    @Test
    void theSdkAlone_startsTheServerBeforeItsClient() {
        Map<String, SpanData> spans =
                callOfItself(wall).stream().collect(Collectors.toMap(SpanData::getName, Function.identity()));

        assertThat(spans.get("server").getStartEpochNanos())
                .isLessThan(spans.get("client").getStartEpochNanos());
    }

    private List<SpanData> callOfItself(Clock clock) {
        InMemorySpanExporter exporter = InMemorySpanExporter.create();
        try (SdkTracerProvider traces = provider(clock, exporter)) {
            var tracer = traces.get("test");
            Span client =
                    tracer.spanBuilder("client").setSpanKind(SpanKind.CLIENT).startSpan();
            wall.pass(Duration.ofMillis(3));
            wall.set(Duration.ofSeconds(-40));
            Span server = tracer.spanBuilder("server")
                    .setSpanKind(SpanKind.SERVER)
                    .setParent(asReceived(Context.root().with(client)))
                    .startSpan();
            wall.pass(Duration.ofMillis(2));
            server.end();
            client.end();
            return exporter.getFinishedSpanItems();
        }
    }

    @Test
    void anyTraceOfLocalAndReceivedParents_underAnyClock() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        InMemorySpanExporter exporter = InMemorySpanExporter.create();
        try (SdkTracerProvider traces = provider(new SteadyClock(wall), exporter)) {
            for (int trace = 0; trace < 200; trace++) {
                grow(traces, Context.root(), random, 0);
            }
            assertThat(exporter.getFinishedSpanItems()).as("seed " + seed).hasSizeGreaterThan(1_000);
            assertInOrder(exporter.getFinishedSpanItems());
        }
    }

    private void grow(SdkTracerProvider traces, Context parent, Random random, int depth) {
        timeGoesOn(random);
        Span span = traces.get("test").spanBuilder("span").setParent(parent).startSpan();
        timeGoesOn(random);
        int children = depth == 6 ? 0 : depth == 0 ? 3 : random.nextInt(3);
        for (int child = 0; child < children; child++) {
            Context below = Context.root().with(span);
            grow(traces, random.nextBoolean() ? below : asReceived(below), random, depth + 1);
        }
        span.addEvent("done");
        timeGoesOn(random);
        span.end();
    }

    private void timeGoesOn(Random random) {
        wall.pass(random.nextInt(300_000_000));
        if (random.nextInt(5) == 0) {
            wall.set(Duration.ofMillis(random.nextInt(60_000) - 30_000));
        }
    }

    private static void assertInOrder(List<SpanData> spans) {
        Map<String, SpanData> byId = spans.stream().collect(Collectors.toMap(SpanData::getSpanId, Function.identity()));
        for (SpanData span : spans) {
            assertThat(span.getEndEpochNanos()).isGreaterThanOrEqualTo(span.getStartEpochNanos());
            SpanData parent = byId.get(span.getParentSpanId());
            if (parent != null) {
                assertThat(span.getStartEpochNanos()).isGreaterThanOrEqualTo(parent.getStartEpochNanos());
                assertThat(span.getEndEpochNanos()).isLessThanOrEqualTo(parent.getEndEpochNanos());
            }
            span.getEvents().forEach(event -> assertThat(event.getEpochNanos())
                    .isBetween(span.getStartEpochNanos(), span.getEndEpochNanos()));
        }
    }

    private static SdkTracerProvider provider(Clock clock, InMemorySpanExporter exporter) {
        return SdkTracerProvider.builder()
                .setClock(clock)
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build();
    }

    /** Through headers, and back. */
    private static Context asReceived(Context context) {
        Map<String, String> headers = new HashMap<>();
        W3C.inject(context, headers, (carrier, key, value) -> carrier.put(key, value));
        return W3C.extract(Context.root(), headers, HEADERS);
    }

    private static final TextMapGetter<Map<String, String>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> carrier) {
            return carrier.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
            return carrier == null ? null : carrier.get(key);
        }
    };
}
