package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.at;
import static dev.traced.assembler.TestSpans.id;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.startingAt;
import static dev.traced.assembler.TestSpans.trace;
import static dev.traced.assembler.TestSpans.withParent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.model.Span;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import dev.traced.topics.TraceEvent;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traces close after 5 seconds without a new span. */
class CompletionTest {
    @TempDir
    Path stateDir;

    private AssemblerTestDriver traced;

    @BeforeEach
    void start() {
        traced = new AssemblerTestDriver(stateDir);
    }

    @AfterEach
    void stop() {
        traced.close();
    }

    @Test
    void trace_closesOnceItIsSilent_withNoOtherTraffic() {
        // Given
        traced.arrive(root(1, 1, 0));
        traced.timePasses(Duration.ofSeconds(4));
        traced.arrive(below(1, 2, 5));

        // When
        traced.timePasses(Duration.ofMillis(4_900));

        // Then
        assertThat(traced.closed()).isEmpty();
        assertThat(summary().shape()).isNull();
        traced.timePasses(Duration.ofMillis(300));
        TraceEvent event = only(traced.closed());
        assertThat(event.kind()).isEqualTo(TraceEvent.Kind.TRACE_COMPLETE);
        assertThat(event.traceId()).isEqualTo(trace(1));
        assertThat(event.revision()).isEqualTo(2);
        assertThat(event.spanCount()).isEqualTo(2);
        assertThat(event.isComplete()).isTrue();
        assertThat(names(event.spans())).containsExactly("operation 1", "operation 2");
        assertThat(summary().shape())
                .isEqualTo(new TraceShape(true, 0, 2, List.of("service 1", "service 2"), false, false));
        traced.timePasses(Duration.ofMinutes(2));
        assertThat(traced.closed()).isEmpty();
    }

    @Test
    void lateSpan_isAnUpdate_ofTheNextRevision_withTheWholeTrace() {
        // Given
        traced.arrive(root(1, 1, 0));
        traced.timePasses(Duration.ofSeconds(6));
        assertThat(only(traced.closed()).kind()).isEqualTo(TraceEvent.Kind.TRACE_COMPLETE);

        // When
        traced.arrive(below(1, 2, 5));

        // Then
        assertThat(summary().shape()).as("open again").isNull();
        traced.timePasses(Duration.ofSeconds(6));
        TraceEvent update = only(traced.closed());
        assertThat(update.kind()).isEqualTo(TraceEvent.Kind.UPDATE_TRACE);
        assertThat(update.revision()).isEqualTo(2);
        assertThat(names(update.spans())).containsExactly("operation 1", "operation 2");
    }

    /** Of whoever keeps the highest revision of each trace, the later trace must win. */
    @Test
    void traceOfAnIdThatHasExpired_isAnotherTrace_ofHigherRevision() {
        // Given
        traced.arrive(root(1, 1, 0));
        traced.arrive(below(1, 2, 5));
        traced.timePasses(Duration.ofSeconds(6));
        TraceEvent first = only(traced.closed());
        traced.timePasses(Duration.ofMinutes(40));
        assertThat(traced.rootsKept()).as("evicted").isZero();

        // When
        traced.arrive(startingAt(root(1, 3, 0), TimeUnit.MILLISECONDS.toNanos(traced.nowMs())));
        traced.timePasses(Duration.ofSeconds(6));

        // Then
        TraceEvent second = only(traced.closed());
        assertThat(second.kind()).isEqualTo(TraceEvent.Kind.TRACE_COMPLETE);
        assertThat(names(second.spans())).containsExactly("operation 3");
        assertThat(second.revision()).isGreaterThan(first.revision());
    }

    @Test
    void openTraces_andLateSpans_areCounted() {
        traced.arrive(root(1, 1, 0));
        traced.arrive(root(2, 1, 0));
        traced.timePasses(Duration.ofMillis(100));
        assertThat(traced.gauged("traced.traces.open")).isEqualTo(2);
        traced.timePasses(Duration.ofSeconds(6));
        assertThat(traced.gauged("traced.traces.open")).isZero();

        traced.arrive(below(1, 2, 5), below(1, 3, 5));
        traced.arrive(below(1, 3, 5));
        traced.timePasses(Duration.ofMillis(100));

        assertThat(traced.counted("traced.spans.late")).isEqualTo(2);
        assertThat(traced.gauged("traced.traces.open")).isEqualTo(1);
    }

    @Test
    void missingParents_areNamed_untilTheyCome() {
        // Given
        traced.arrive(below(1, 3, 5), below(1, 4, 6));

        // When
        traced.timePasses(Duration.ofSeconds(6));

        // Then
        TraceEvent event = only(traced.closed());
        assertThat(event.isComplete()).isFalse();
        assertThat(event.missingParents()).containsExactly(String.format("%016x", id(1).to64Bits()));
        traced.arrive(root(1, 1, 0));
        traced.timePasses(Duration.ofSeconds(6));
        TraceEvent update = only(traced.closed());
        assertThat(update.isComplete()).isTrue();
        assertThat(update.missingParents()).isEmpty();
    }

    @Test
    void spansThatWaitInTheTopic_keepTheirTraceOpen_howeverLateTheyAreRead() {
        // Given: the assembler is a minute behind, and reads
        long appended = traced.nowMs();
        traced.timePasses(Duration.ofMinutes(1));
        for (int i = 0; i < 20; i++) {
            traced.recordAppended(
                    appended + i * 1_000L, trace(1).toBytes(), TestSpans.value(List.of(below(1, 2 + i, 5))));
            traced.timePasses(Duration.ofMillis(100));
        }

        // Then
        assertThat(traced.closed()).isEmpty();
        traced.timePasses(Duration.ofSeconds(6));
        assertThat(only(traced.closed()).spanCount()).isEqualTo(20);
    }

    @Test
    void largeTrace_goesOutInParts_thatTogetherAreWhole() {
        // Given
        for (int batch = 0; batch < 8; batch++) {
            List<Span> spans = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                spans.add(batch == 0 && i == 0 ? root(1, 1, 0) : below(1, 1 + batch * 500 + i, 5));
            }
            traced.arrive(spans);
        }

        // When
        traced.timePassesInSteps(Duration.ofSeconds(10));

        // Then
        List<TraceEvent> parts = traced.closed();
        assertThat(parts).hasSize(8).allMatch(part -> part.parts() == 8 && part.revision() == 8);
        assertThat(parts)
                .extracting(TraceEvent::part)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 8).boxed().toList());
        assertThat(parts.stream().mapToInt(part -> names(part.spans()).size()).sum())
                .isEqualTo(4_000);
        assertThat(parts.get(7).isComplete()).isTrue();
        assertThat(summary().shape().depth()).isEqualTo(2);
    }

    @Test
    void spansThatComeWhileALargeTraceGoesOut_areAnUpdate() {
        // Given
        largeTrace_goesOutInParts_thatTogetherAreWhole();

        // When
        traced.arrive(below(1, 9_000, 5));
        traced.timePassesInSteps(Duration.ofSeconds(10));

        // Then
        List<TraceEvent> parts = traced.closed();
        assertThat(parts).hasSize(9).allMatch(part -> part.kind() == TraceEvent.Kind.UPDATE_TRACE);
    }

    /** As bytes that are no text can come past the gateway; they are what their sender made of them, and stop nobody. */
    @Test
    void spanThatNoParserTakes_closesLikeAnyOther_alsoWhenItComesTwice() {
        // Given
        byte[] value = TestSpans.value(List.of(TestSpans.named(root(1, 1, 0), "shop", "abc")));
        int name = new String(value, StandardCharsets.ISO_8859_1).indexOf("abc");
        value[name] = (byte) 0xff;
        traced.record(trace(1).toBytes(), value);
        traced.record(trace(1).toBytes(), value);
        traced.arrive(root(2, 1, 0));

        // When
        traced.timePassesInSteps(Duration.ofSeconds(6));

        // Then
        assertThat(traced.closedIds()).containsExactlyInAnyOrder(trace(1), trace(2));
    }

    @Test
    void oddTimes_areFlagged() {
        // When
        traced.arrive(startingAt(root(1, 1, 0), at(10)), startingAt(below(1, 2, 0), at(3)));
        traced.timePasses(Duration.ofSeconds(6));

        // Then
        assertThat(summary().shape().isSkewed()).isTrue();
        assertThat(traced.trace(1)).extracting(Span::startTimeNanos).containsExactly(at(3), at(10));
    }

    @Test
    void manyTraces_areToldOnceEach() {
        // Given
        for (int i = 1; i <= 3_000; i++) {
            traced.arrive(root(i, 1, i));
        }

        // When
        traced.timePassesInSteps(Duration.ofSeconds(20));

        // Then
        Map<Object, Integer> told = new HashMap<>();
        traced.closed().forEach(event -> told.merge(event.traceId(), 1, Integer::sum));
        assertThat(told).hasSize(3_000).allSatisfy((id, times) -> assertThat(times)
                .isEqualTo(1));
        assertThat(traced.counted("traced.traces.closed")).isEqualTo(3_000);
    }

    /** A child of span 1. */
    private static Span below(int trace, int id, long startMillis) {
        return withParent(root(trace, id, startMillis), id(1));
    }

    private TraceSummary summary() {
        return traced.list().traces().get(0);
    }

    private static TraceEvent only(List<TraceEvent> events) {
        assertThat(events).hasSize(1);
        return events.get(0);
    }

    private static List<String> names(TracesData spans) {
        return spans.getResourceSpansList().stream()
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .map(io.opentelemetry.proto.trace.v1.Span::getName)
                .toList();
    }
}
