package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.at;
import static dev.traced.assembler.TestSpans.failed;
import static dev.traced.assembler.TestSpans.id;
import static dev.traced.assembler.TestSpans.named;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.trace;
import static dev.traced.assembler.TestSpans.withParent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.traced.assembler.store.SearchBudget;
import dev.traced.model.Span;
import dev.traced.model.SpanStatus;
import dev.traced.model.StartRange;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import dev.traced.model.Trait;
import dev.traced.model.Trait.Scope;
import dev.traced.model.TraitSample;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompareTest {
    private static final TraceFilter ERRORS =
            new TraceFilter(null, null, SpanStatus.ERROR, 0, Long.MAX_VALUE, List.of(), null);

    @TempDir
    Path stateDir;

    /** Late spans, spans that come again and traces that expire; each answer equals one recomputed from all spans. */
    @ParameterizedTest(name = "seed {0}, {1} bytes of index")
    @CsvSource({"1, 100000000", "2, 0", "3, 30000"})
    void answers_equalTheRecomputedOnes_whereAllAreLookedInto(long seed, long indexBytes) {
        Random random = new Random(seed);
        ExpectedTraces expected = new ExpectedTraces();
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir, new SearchBudget(indexBytes))) {
            for (int round = 0; round < 9; round++) {
                for (int i = 0; i < 40; i++) {
                    List<Span> record = SearchTest.record(random);
                    traced.arrive(record);
                    expected.arrive(record);
                }
                for (int i = 0; i < 5; i++) {
                    assertAnswer(traced, expected, random);
                }
                traced.timePasses(Duration.ofSeconds(round < 4 ? 4 : 400));
            }
        }
    }

    private static void assertAnswer(AssemblerTestDriver traced, ExpectedTraces expected, Random random) {
        // Given
        TraceFilter filter = random.nextBoolean() ? TraceFilter.ANY : SearchTest.filter(random);
        TraceFilter selected = random.nextInt(5) == 0 ? ERRORS : SearchTest.filter(random);
        long first = at(random.nextInt(60_000));
        StartRange times = random.nextInt(3) > 0 && !selected.isAny()
                ? StartRange.ANY
                : new StartRange(first, first + random.nextInt(2_000_000_000));

        // When
        TraitSample sample = traced.compare(filter, times, selected, 1_000);

        // Then
        String as = selected + " in " + times + " of " + filter;
        Set<TraceId> passing =
                expected.search(selected).stream().map(TraceSummary::traceId).collect(Collectors.toSet());
        Set<TraceId> ofSelection = new HashSet<>();
        Set<TraceId> ofRest = new HashSet<>();
        for (TraceSummary trace : expected.search(filter)) {
            if (trace.startTimeNanos() >= traced.visibleFromNanos()) {
                boolean isSelected = passing.contains(trace.traceId())
                        && trace.startTimeNanos() >= times.firstNanos()
                        && trace.startTimeNanos() <= times.lastNanos();
                (isSelected ? ofSelection : ofRest).add(trace.traceId());
            }
        }
        assertThat(sample.selected()).as(as).isEqualTo(whole(ofSelection.size()));
        assertThat(sample.rest()).as(as).isEqualTo(whole(ofRest.size()));
        Map<Trait, Integer> selections = traces(ofSelection, expected);
        Map<Trait, Integer> rests = traces(ofRest, expected);
        Set<Trait> all = new HashSet<>(selections.keySet());
        all.addAll(rests.keySet());
        Map<Trait, TraitSample.Count> counts = new HashMap<>();
        all.forEach(trait -> counts.put(
                trait, new TraitSample.Count(selections.getOrDefault(trait, 0), rests.getOrDefault(trait, 0))));
        assertThat(sample.areTraitsLeftOut()).as(as).isFalse();
        assertThat(new TreeMap<>(sample.traits())).as(as).isEqualTo(new TreeMap<>(counts));
    }

    private static TraitSample.Side whole(int traces) {
        return new TraitSample.Side(traces, traces);
    }

    /** How many of these traces have a trait. */
    private static Map<Trait, Integer> traces(Set<TraceId> ids, ExpectedTraces expected) {
        Map<Trait, Integer> counts = new HashMap<>();
        for (TraceId id : ids) {
            Set<Trait> traits = new HashSet<>();
            for (Span span : expected.detail(id, Long.MIN_VALUE)) {
                traits.add(new Trait(Scope.SERVICE, null, "service", span.service()));
                traits.add(new Trait(Scope.OPERATION, null, span.service(), span.operation()));
                for (String service : new String[] {null, span.service()}) {
                    traits.add(new Trait(
                            Scope.STATUS, service, "status", span.status().text()));
                    if (span.tags() != null) {
                        span.tags().forEach((key, value) -> traits.add(new Trait(Scope.SPAN, service, key, value)));
                    }
                }
            }
            traits.forEach(trait -> counts.merge(trait, 1, Integer::sum));
        }
        return counts;
    }

    /** Of very many traces some are looked into, which are like all; always the same, and the totals are exact. */
    @Test
    void samples_areLikeAllOfThem() {
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir)) {
            for (int i = 0; i < 1_500; i++) {
                Span span = tagged(i, Map.of("fifth", String.valueOf(i % 5), "id", "n" + i));
                traced.arrive(i % 3 == 0 ? failed(span) : span);
            }

            TraitSample sample = traced.compare(TraceFilter.ANY, StartRange.ANY, ERRORS, 125);

            assertThat(sample.selected()).isEqualTo(new TraitSample.Side(500, 125));
            assertThat(sample.rest()).isEqualTo(new TraitSample.Side(1_000, 125));
            TraitSample.Count fifth = sample.traits().get(new Trait(Scope.SPAN, null, "fifth", "3"));
            assertThat(fifth.selected()).isCloseTo(25, within(18)); // 4 standard deviations
            assertThat(fifth.rest()).isCloseTo(25, within(18));
            assertThat(sample.traits().keySet().stream()
                            .filter(trait -> trait.key().equals("id")))
                    .as("ids that were looked at, of the service and of any")
                    .hasSize(2 * 250);
            assertThat(traced.compare(TraceFilter.ANY, StartRange.ANY, ERRORS, 125))
                    .isEqualTo(sample);
            assertThat(traced.compare(TraceFilter.ANY, StartRange.ANY, ERRORS, 126)
                            .traits()
                            .keySet())
                    .containsAll(sample.traits().keySet());
        }
    }

    private static Span tagged(int trace, Map<String, String> tags) {
        Span span = root(trace, 1, trace % 60_000);
        return new Span(
                span.traceId(),
                span.spanId(),
                null,
                span.service(),
                span.operation(),
                span.startTimeNanos(),
                span.endTimeNanos(),
                span.status(),
                tags);
    }

    /** More than are kept apart: what is common is among the first, and counted whole; that some are left out is said. */
    @Test
    void veryManyTraits_leaveTheCommonOnesAlone() {
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir)) {
            for (int i = 0; i < 600; i++) {
                Map<String, String> tags = new HashMap<>(Map.of("color", i % 2 == 0 ? "red" : "blue"));
                for (int j = 0; j < 45; j++) {
                    tags.put("key" + j, "value " + i + " of " + j);
                }
                traced.arrive(i % 4 == 0 ? failed(tagged(i, tags)) : tagged(i, tags));
            }

            TraitSample sample = traced.compare(TraceFilter.ANY, StartRange.ANY, ERRORS, 1_000);

            assertThat(sample.traits()).hasSize(40_000);
            assertThat(sample.areTraitsLeftOut()).isTrue();
            assertThat(sample.traits().get(new Trait(Scope.SPAN, null, "color", "red")))
                    .isEqualTo(new TraitSample.Count(150, 150));
            assertThat(sample.traits().get(new Trait(Scope.SPAN, "service 1", "color", "blue")))
                    .isEqualTo(new TraitSample.Count(0, 300));
        }
    }

    /** Few traits may have more text than is kept. */
    @Test
    void veryLongTraits_areLeftOut_andThatIsSaid() {
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir)) {
            for (int i = 0; i < 60; i++) {
                Map<String, String> tags = new HashMap<>();
                for (int j = 0; j < 45; j++) {
                    tags.put("key" + j, i + " " + j + " " + "x".repeat(1_000));
                }
                traced.arrive(i % 4 == 0 ? failed(tagged(i, tags)) : tagged(i, tags));
            }

            TraitSample sample = traced.compare(TraceFilter.ANY, StartRange.ANY, ERRORS, 1_000);

            assertThat(sample.selected()).isEqualTo(whole(15));
            assertThat(sample.traits()).hasSizeLessThan(5_000);
            assertThat(sample.areTraitsLeftOut()).isTrue();
        }
    }

    /** Traces that take very much: fewer are looked into, and no more than the beginning of each. */
    @Test
    void largeTraces_areLookedIntoAsFarAsThereIsTime() {
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir)) {
            for (int i = 1; i <= 8; i++) {
                Span span = i % 2 == 0 ? failed(tagged(i, Map.of("part", "0"))) : tagged(i, Map.of("part", "0"));
                traced.arrive(span);
                for (int part = 1; part <= 5; part++) {
                    List<Span> record = new ArrayList<>();
                    for (int j = 0; j < 256; j++) {
                        Map<String, String> tags = Map.of("part", String.valueOf(part), "much", "x".repeat(1_024));
                        record.add(withParent(retagged(span, part * 1_000 + j, tags), id(1)));
                    }
                    traced.arrive(record);
                }
            }

            TraitSample sample = traced.compare(TraceFilter.ANY, StartRange.ANY, ERRORS, 64);

            // Of each a MiB and the rest of its fourth record; there is room for 4 MiB.
            assertThat(sample.selected()).isEqualTo(new TraitSample.Side(4, 2));
            assertThat(sample.rest()).isEqualTo(new TraitSample.Side(4, 2));
            assertThat(sample.traits().keySet().stream()
                            .filter(trait -> trait.key().equals("part") && trait.service() == null)
                            .map(Trait::value))
                    .containsExactlyInAnyOrder("0", "1", "2", "3", "4");
            assertThat(sample.areTraitsLeftOut()).isTrue();
        }
    }

    private static Span retagged(Span span, int id, Map<String, String> tags) {
        return new Span(
                span.traceId(),
                id(id),
                null,
                span.service(),
                span.operation(),
                span.startTimeNanos(),
                span.endTimeNanos(),
                span.status(),
                tags);
    }

    /** Of traces with more terms than are kept only the spans tell, whether the index or the rows are searched. */
    @ParameterizedTest(name = "{0} bytes of index")
    @ValueSource(longs = {100_000_000, 0})
    void tracesOfVeryManyTerms_areSelectedByTheirSpans(long indexBytes) {
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir, new SearchBudget(indexBytes))) {
            for (int i = 1; i <= 3; i++) {
                Map<String, String> tags = new HashMap<>(Map.of("color", i == 1 ? "red" : "blue"));
                for (int j = 0; j < 600; j++) {
                    tags.put("key" + j, "value " + i);
                }
                traced.arrive(tagged(i, tags));
            }
            List<TraceFilter.Tag> red = List.of(new TraceFilter.Tag("color", "red"));
            TraceFilter selected = new TraceFilter(null, null, null, 0, Long.MAX_VALUE, red, null);
            TraceFilter service = new TraceFilter("service 1", null, null, 0, Long.MAX_VALUE, List.of(), null);
            for (TraceFilter filter : List.of(TraceFilter.ANY, service)) {

                TraitSample sample = traced.compare(filter, StartRange.ANY, selected, 10);

                assertThat(sample.selected()).as(filter.toString()).isEqualTo(whole(1));
                assertThat(sample.rest()).as(filter.toString()).isEqualTo(whole(2));
                assertThat(sample.traits().get(new Trait(Scope.SPAN, null, "color", "red")))
                        .isEqualTo(new TraitSample.Count(1, 0));
            }
        }
    }

    /** Whether a trace is complete may select, too. */
    @ParameterizedTest(name = "{0} bytes of index")
    @ValueSource(longs = {100_000_000, 0})
    void completeTraces_canBeSelected(long indexBytes) {
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir, new SearchBudget(indexBytes))) {
            traced.arrive(named(root(1, 1, 0), "shop", "buy"));
            traced.arrive(named(root(2, 1, 0), "cart", "load"), withParent(root(2, 2, 0), id(77)));
            traced.timePassesInSteps(Duration.ofSeconds(8));
            TraceFilter complete = new TraceFilter(null, null, null, 0, Long.MAX_VALUE, List.of(), true);

            TraitSample sample = traced.compare(TraceFilter.ANY, StartRange.ANY, complete, 10);

            assertThat(sample.selected()).isEqualTo(whole(1));
            assertThat(sample.rest()).isEqualTo(whole(1));
            assertThat(sample.traits().get(new Trait(Scope.SERVICE, null, "service", "shop")))
                    .isEqualTo(new TraitSample.Count(1, 0));
        }
    }

    /** What only OTLP has: attributes of any type, those of the resource, and kinds. */
    @Test
    void traitsOfOtlp_areTextAsEverywhere() {
        // Given
        String longText = "x".repeat(1_023) + "\uD83D\uDE00";
        var span = io.opentelemetry.proto.trace.v1.Span.newBuilder()
                .setTraceId(ByteString.copyFrom(trace(1).toBytes()))
                .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(0, 5)))
                .setName("buy")
                .setKind(SpanKind.SPAN_KIND_CLIENT)
                .setStartTimeUnixNano(at(0))
                .setEndTimeUnixNano(at(1))
                .addAttributes(attribute("n", AnyValue.newBuilder().setIntValue(42)))
                .addAttributes(attribute("long", AnyValue.newBuilder().setStringValue(longText)));
        Resource.Builder resource = Resource.newBuilder()
                .addAttributes(attribute("service.name", AnyValue.newBuilder().setStringValue("shop")))
                .addAttributes(attribute("cloud.region", AnyValue.newBuilder().setStringValue("eu")));
        TracesData data = TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(resource)
                        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                .build();
        try (AssemblerTestDriver traced = new AssemblerTestDriver(stateDir)) {
            traced.record(trace(1).toBytes(), data.toByteArray());

            // When
            TraitSample sample = traced.compare(TraceFilter.ANY, StartRange.ANY, ERRORS, 10);

            // Then
            Set<Trait> traits = new HashSet<>(Set.of(
                    new Trait(Scope.SERVICE, null, "service", "shop"),
                    new Trait(Scope.OPERATION, null, "shop", "buy")));
            for (String service : new String[] {null, "shop"}) {
                traits.add(new Trait(Scope.RESOURCE, service, "cloud.region", "eu"));
                traits.add(new Trait(Scope.SPAN, service, "n", "42"));
                traits.add(new Trait(Scope.SPAN, service, "long", "x".repeat(1_023)));
                traits.add(new Trait(Scope.KIND, service, "kind", "client"));
                traits.add(new Trait(Scope.STATUS, service, "status", "ok"));
            }
            assertThat(sample.traits().keySet()).isEqualTo(traits);
            assertThat(sample.traits().values()).containsOnly(new TraitSample.Count(0, 1));
        }
    }

    private static KeyValue attribute(String key, AnyValue.Builder value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }
}
