package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.at;
import static dev.traced.assembler.TestSpans.failed;
import static dev.traced.assembler.TestSpans.id;
import static dev.traced.assembler.TestSpans.named;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.trace;
import static dev.traced.assembler.TestSpans.withParent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.sampling.TailFraction;
import dev.traced.assembler.sampling.TailRulesJson;
import dev.traced.model.Span;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import dev.traced.topics.TraceEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces close after 5 seconds without a new span, and the rules decide on them then. */
class TailSamplingTest {
    private static final String ERRORS_ONLY = """
            [{"name": "errors", "status": "error"}, {"name": "rest", "keep": 0}]
            """;

    @TempDir
    Path stateDir;

    private AssemblerTestDriver traced;

    private void rules(String json) {
        traced = new AssemblerTestDriver(stateDir, TailRulesJson.read(json));
    }

    @AfterEach
    void stop() {
        traced.close();
    }

    @Test
    void firstRuleThatHolds_decides_andATraceThatPassesNoneIsKept() {
        // Given
        rules("""
                [
                  {"name": "errors", "status": "error"},
                  {"name": "slow", "min_duration_ms": 500},
                  {"name": "vip", "tags": {"tier": "gold"}},
                  {"name": "health", "service": "shop", "operation": "GET /health", "keep": 0},
                  {"name": "torn", "complete": false, "keep": 0},
                  {"name": "shop", "service": "shop", "keep": 0}
                ]
                """);
        Span health = named(root(1, 1, 0), "shop", "GET /health");
        traced.arrive(health);
        traced.arrive(failed(with(health, 2, 10, Map.of())));
        traced.arrive(with(health, 3, 499, Map.of()));
        traced.arrive(with(health, 4, 500, Map.of()));
        traced.arrive(with(health, 5, 10, Map.of("tier", "gold")));
        traced.arrive(with(health, 6, 10, Map.of("tier", "silver")));
        traced.arrive(withParent(root(7, 2, 0), id(1))); // without a root: neither slow nor fast
        traced.arrive(named(root(8, 1, 0), "shop", "GET /"));
        traced.arrive(named(root(9, 1, 0), "else", "GET /health"));

        // When
        traced.timePasses(Duration.ofSeconds(6));

        // Then
        assertThat(rulesThatDropped(9))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(1, "health", 3, "health", 6, "health", 7, "torn", 8, "shop"));
        assertThat(listed()).containsExactlyInAnyOrder(2, 4, 5, 9);
        assertThat(traced.list().total()).isEqualTo(4);
        assertThat(traced.closedIds()).containsExactlyInAnyOrder(trace(2), trace(4), trace(5), trace(9));
        assertThat(traced.sampled("dropped", "health")).isEqualTo(3);
        assertThat(traced.sampled("kept", "errors")).isEqualTo(1);
        assertThat(traced.sampled("kept", "shop")).isZero();
    }

    @Test
    void shareThatIsKept_isThatBelowIt_byTheTracesId() {
        rules("[{\"name\":\"rest\",\"keep\":0.25}]");
        for (int i = 1; i <= 400; i++) {
            traced.arrive(root(i, 1, i));
        }

        traced.timePassesInSteps(Duration.ofSeconds(7));

        Set<Integer> expected = new TreeSet<>();
        for (int i = 1; i <= 400; i++) {
            if (TailFraction.of(trace(i)) < 0.25) {
                expected.add(i);
            }
        }
        assertThat(expected).hasSizeBetween(60, 140);
        assertThat(listed()).isEqualTo(expected);
        assertThat(traced.list().total()).isEqualTo(expected.size());
        assertThat(traced.sampled("kept", "rest") + traced.sampled("dropped", "rest"))
                .isEqualTo(400);
    }

    @Test
    void droppedTrace_isInNoListNoSearchNoTotal_andSaysWhatDroppedItAndWhen() {
        // Given
        rules(ERRORS_ONLY);
        traced.arrive(root(1, 1, 0), withParent(root(1, 2, 1), id(1)));
        assertThat(listed()).as("while it is open").containsExactly(1);

        // When
        long lastRecordMs = traced.nowMs();
        traced.timePasses(Duration.ofSeconds(6));

        // Then
        assertThat(traced.list().total()).isZero();
        assertThat(traced.list(10, at(0), at(1)).total()).isZero();
        assertThat(traced.search(ofService("service 1"), 10, null).total()).isZero();
        assertThat(traced.rootsKept()).isZero();
        assertThat(traced.closed()).isEmpty();
        assertThat(traced.trace(1)).isEmpty();
        assertThat(traced.dropped(1).verdict().rule()).isEqualTo("rest");
        assertThat(traced.dropped(1).atMs()).isEqualTo(lastRecordMs + 5_000);
    }

    @Test
    void lateError_bringsBackADroppedTrace_withAllItsSpans() {
        // Given
        rules(ERRORS_ONLY);
        traced.arrive(root(1, 1, 0), withParent(root(1, 2, 1), id(1)));
        traced.timePasses(Duration.ofSeconds(6));

        // When
        traced.arrive(failed(withParent(root(1, 3, 2), id(1))));

        // Then
        assertThat(listed()).as("until it closes again").isEmpty();
        assertThat(traced.dropped(1)).isNotNull();
        traced.timePasses(Duration.ofSeconds(6));
        assertThat(traced.dropped(1)).isNull();
        assertThat(traced.trace(1)).hasSize(3);
        TraceSummary line = traced.list().traces().get(0);
        assertThat(line.spanCount()).isEqualTo(3);
        assertThat(line.status()).isEqualTo(SpanStatus.ERROR);
        assertThat(line.shape().isComplete()).isTrue();
        assertThat(traced.list().total()).isOne();
        assertThat(traced.search(ofService("service 3"), 10, null).total()).isOne();
        TraceEvent event = only(traced.closed());
        assertThat(event.kind()).as("the first that is told of it").isEqualTo(TraceEvent.Kind.TRACE_COMPLETE);
        assertThat(event.spanCount()).isEqualTo(3);
        assertThat(event.revision()).isEqualTo(2);
        assertThat(traced.sampled("dropped", "rest")).isOne();
        assertThat(traced.sampled("kept", "errors")).isOne();

        // And a further span is an update
        traced.arrive(withParent(root(1, 4, 2), id(1)));
        assertThat(traced.list().traces().get(0).shape()).as("open").isNull();
        traced.timePasses(Duration.ofSeconds(6));
        assertThat(only(traced.closed()).kind()).isEqualTo(TraceEvent.Kind.UPDATE_TRACE);
        assertThat(traced.sampled("kept", "errors")).isOne();
    }

    @Test
    void lateSpan_followsTheVerdict() {
        // Given
        rules("""
                [{"name": "errors", "status": "error"}, {"name": "small", "tags": {"size": "big"}, "keep": 0},
                 {"name": "rest", "service": "service 9", "keep": 0}]
                """);
        traced.arrive(failed(root(1, 1, 0)));
        traced.arrive(root(2, 9, 0));
        traced.arrive(root(3, 1, 0));
        traced.timePasses(Duration.ofSeconds(6));
        assertThat(traced.closedIds()).containsExactlyInAnyOrder(trace(1), trace(3));

        // When: the first fails no more, by then the rules would drop each of them
        traced.arrive(with(root(1, 1, 0), 1, 10, Map.of("size", "big")));
        traced.arrive(withParent(with(root(2, 2, 0), 2, 10, Map.of("size", "big")), id(9)));
        traced.arrive(withParent(with(root(3, 2, 0), 3, 10, Map.of("size", "big")), id(1)));
        assertThat(traced.rootsKept()).isEqualTo(2);
        traced.timePasses(Duration.ofSeconds(6));

        // Then: what was told of stays, what was dropped is dropped by the rule that holds now
        assertThat(listed()).containsExactly(1, 3);
        assertThat(traced.closed()).extracting(TraceEvent::kind).containsOnly(TraceEvent.Kind.UPDATE_TRACE);
        assertThat(rulesThatDropped(3)).isEqualTo(Map.of(2, "small"));
        assertThat(traced.sampled("dropped", "small")).isOne();
    }

    @Test
    void rootThatComesLate_toADroppedTrace_isInNoListBefore() {
        // Given
        rules(ERRORS_ONLY);
        traced.arrive(withParent(root(1, 2, 1), id(1)));
        traced.timePasses(Duration.ofSeconds(6));
        assertThat(traced.dropped(1)).isNotNull();

        // When
        traced.arrive(failed(root(1, 1, 0)));

        // Then
        assertThat(listed()).isEmpty();
        assertThat(traced.list().total()).isZero();
        traced.timePasses(Duration.ofSeconds(6));
        assertThat(listed()).containsExactly(1);
        assertThat(traced.trace(1)).hasSize(2);
    }

    /** Its row, its count and its rows of spans go with it, and the next trace of the same id begins anew. */
    @Test
    void droppedTrace_isEvictedWithTheWindow_andItsIdIsFreeAgain() {
        // Given
        rules(ERRORS_ONLY);
        traced.arrive(root(1, 1, 0));
        traced.arrive(failed(root(2, 1, 0)));
        traced.timePasses(Duration.ofSeconds(6));
        assertThat(traced.rootsKept()).isOne();

        // When
        traced.timePasses(Duration.ofMinutes(31));

        // Then
        assertThat(traced.rootsKept()).isZero();
        assertThat(traced.dropped(1)).isNull();
        assertThat(traced.trace(1)).isEmpty();
        traced.arrive(root(1, 1, 31 * 60_000));
        assertThat(listed()).containsExactly(1);
        assertThat(traced.list().total()).isOne();
    }

    @Test
    void newTraceOfADroppedOnesId_isListed_alsoBeforeTheOldOneIsEvicted() {
        // Given: expired when the record comes, and eviction, which looks by the bucket, has not come to it
        rules(ERRORS_ONLY);
        long minutes = 60_000;
        traced.arrive(TestSpans.startingAt(root(1, 1, 0), at(-29 * minutes)));
        traced.timePasses(Duration.ofSeconds(6));
        assertThat(traced.dropped(1)).isNotNull();
        traced.timePasses(Duration.ofMinutes(2));

        // When
        traced.arrive(root(1, 1, 2 * minutes));

        // Then
        assertThat(listed()).containsExactly(1);
        assertThat(traced.rootsKept()).isOne();
        traced.timePasses(Duration.ofSeconds(6));
        assertThat(listed()).isEmpty();
        assertThat(traced.rootsKept()).isZero();
        traced.timePasses(Duration.ofMinutes(35));
        assertThat(traced.rootsKept()).isZero();
    }

    /** Of a trace of more terms than its head holds the spans are looked at, each as it came last. */
    @ParameterizedTest(name = "{0} tags of {1} bytes")
    @ValueSource(ints = {10, 1_000})
    void traceOfManyTerms_isDecidedByItsSpans(int tagBytes) {
        // Given: with the longer tags it is more than one record of topic traces, too
        rules("""
                [{"name": "gone", "tags": {"state": "old"}, "keep": 0}, {"name": "new", "tags": {"state": "new"}},
                 {"name": "rest", "keep": 0}]
                """);
        for (int trace = 1; trace <= 3; trace++) {
            manySpans(trace, tagBytes);
        }
        traced.arrive(with(root(1, 1, 0), 1, 10, Map.of("state", "new")));
        traced.arrive(with(root(2, 1, 0), 2, 10, Map.of("state", "old")));
        traced.arrive(with(root(3, 1, 0), 3, 10, Map.of("state", "old")));
        traced.arrive(with(root(3, 1, 0), 3, 10, Map.of("state", "new")));

        // When
        traced.timePassesInSteps(Duration.ofSeconds(12));

        // Then
        assertThat(rulesThatDropped(3)).isEqualTo(Map.of(2, "gone"));
        assertThat(listed()).containsExactly(1, 3);
        assertThat(Set.copyOf(traced.closedIds())).containsExactlyInAnyOrder(trace(1), trace(3));
    }

    @Test
    void largeTrace_isDroppedBeforeAnyPartOfItIsTold_andComesBackWhole() {
        // Given
        rules("[{\"name\":\"torn\",\"complete\":false,\"keep\":0}]");
        manySpans(1, 1_000);
        traced.timePassesInSteps(Duration.ofSeconds(12));
        assertThat(rulesThatDropped(1)).as("its root is not there").isEqualTo(Map.of(1, "torn"));
        assertThat(traced.closed()).isEmpty();

        // When
        traced.arrive(root(1, 1, 0));
        traced.timePassesInSteps(Duration.ofSeconds(12));

        // Then
        List<TraceEvent> parts = traced.closed();
        assertThat(parts).hasSizeGreaterThan(1).allMatch(part -> part.kind() == TraceEvent.Kind.TRACE_COMPLETE);
        assertThat(parts).allMatch(part -> part.parts() == parts.size());
        assertThat(parts.get(parts.size() - 1).isComplete()).isTrue();
        assertThat(traced.trace(1)).hasSize(801);
        traced.arrive(withParent(root(1, 9_000, 5), id(8_888))); // torn again
        traced.timePassesInSteps(Duration.ofSeconds(12));
        assertThat(traced.closed())
                .hasSize(parts.size() + 1)
                .allMatch(part -> part.kind() == TraceEvent.Kind.UPDATE_TRACE);
        assertThat(listed()).containsExactly(1);
    }

    /** 800 children of span 1 with a tag each, in 8 records. */
    private void manySpans(int trace, int tagBytes) {
        for (int record = 0; record < 8; record++) {
            List<Span> spans = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int id = 10 + record * 100 + i;
                Span span = with(root(trace, id, 5), trace, 10, Map.of("n", id + "x".repeat(tagBytes)));
                spans.add(withParent(span, id(1)));
            }
            traced.arrive(spans);
        }
    }

    /** The span in another trace, with a duration in milliseconds and tags. */
    private static Span with(Span span, int trace, long durationMs, Map<String, String> tags) {
        return new Span(
                new TraceId(0, trace),
                span.spanId(),
                span.parentSpanId(),
                span.service(),
                span.operation(),
                span.startTimeNanos(),
                span.startTimeNanos() + durationMs * 1_000_000,
                span.status(),
                tags);
    }

    private static TraceFilter ofService(String service) {
        return new TraceFilter(service, null, null, 0, Long.MAX_VALUE, List.of(), null);
    }

    private Map<Integer, String> rulesThatDropped(int traces) {
        Map<Integer, String> rules = new HashMap<>();
        for (int i = 1; i <= traces; i++) {
            if (traced.dropped(i) != null) {
                rules.put(i, traced.dropped(i).verdict().rule());
            }
        }
        return rules;
    }

    private Set<Integer> listed() {
        return traced.list().traces().stream()
                .map(line -> (int) line.traceId().low())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static TraceEvent only(List<TraceEvent> events) {
        assertThat(events).hasSize(1);
        return events.get(0);
    }
}
