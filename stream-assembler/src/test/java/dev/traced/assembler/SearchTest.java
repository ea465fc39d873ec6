package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.at;
import static dev.traced.assembler.TestSpans.id;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.trace;
import static dev.traced.assembler.TestSpans.withParent;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.traced.assembler.store.SearchBudget;
import dev.traced.model.Span;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceCursor;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceFilter.Tag;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceSummary;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchTest {
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

    /** Spans come in any order, again, changed, and in large traces; each answer equals one recomputed from all of them. */
    @ParameterizedTest(name = "seed {0}, {1} bytes of index")
    @CsvSource({"1, 100000000", "2, 100000000", "3, 0", "4, 30000"})
    void answers_equalTheRecomputedOnes(long seed, long indexBytes) {
        // Given
        traced.close();
        traced = new AssemblerTestDriver(stateDir.resolve("other"), new SearchBudget(indexBytes));
        Random random = new Random(seed);
        ExpectedTraces expected = new ExpectedTraces();
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 60; i++) {
                List<Span> record = record(random);
                traced.arrive(record);
                expected.arrive(record);
            }
            for (int i = 0; i < 40; i++) {
                TraceFilter filter = filter(random);

                // When
                TracePage page = traced.search(filter, 1_000, null);

                // Then
                assertThat(page.traces().stream().map(SearchTest::asOpen))
                        .as(filter.toString())
                        .containsExactlyElementsOf(expected.search(filter));
                assertThat(page.total()).isEqualTo(page.traces().size());
            }
            traced.timePasses(Duration.ofSeconds(4)); // for some traces to close and parts of the index to be sealed
        }
    }

    /** What is shared by the partitions of a process is not for copies of others. */
    @Test
    void partitionThatLeaves_takesItsIndexAlong() {
        traced.close();
        SearchBudget budget = new SearchBudget(100_000_000);
        traced = new AssemblerTestDriver(stateDir.resolve("other"), budget);
        traced.arrive(root(1, 1, 0));
        assertThat(budget.usedBytes()).isPositive();

        traced.partitionLeaves();

        assertThat(budget.usedBytes()).isZero();
        assertThat(traced.rootsKept()).isZero();
    }

    /** With memory for few: what is dated ahead is looked for in the rows, until its time comes. */
    @Test
    void tracesDatedAhead_areFoundAtAnyTime() {
        traced.close();
        traced = new AssemblerTestDriver(stateDir.resolve("other"), new SearchBudget(60_000));
        ExpectedTraces expected = new ExpectedTraces();
        for (int i = 1; i <= 300; i++) {
            Span span = i % 3 == 0 ? root(i, 1, i * 100) : root(i, 1, 7_000_000 + i * 5_000);
            traced.arrive(span);
            expected.arrive(List.of(span));
        }
        TraceFilter filter = operation("operation 1");

        for (int step = 0; step < 12; step++) {
            List<TraceSummary> wanted = expected.search(filter).stream()
                    .filter(trace -> trace.startTimeNanos() >= traced.visibleFromNanos())
                    .toList();
            TracePage found = traced.search(filter, 1_000, null);
            assertThat(found.traces().stream().map(SearchTest::asOpen)).containsExactlyElementsOf(wanted);
            assertThat(found.total()).isEqualTo(wanted.size());
            assertThat(traced.search(filter, 7, null).traces()).hasSize(Math.min(7, wanted.size()));
            traced.timePasses(Duration.ofMinutes(15));
        }
    }

    @Test
    void timesOutsideOfTheWindow_haveNoTraces() {
        traced.arrive(root(1, 1, 0));
        TraceFilter filter = operation("operation 1");

        assertThat(traced.search(filter, 0L, 1_000L).total()).isZero();
        assertThat(traced.search(filter, at(1_000), Long.MAX_VALUE).total()).isZero();
        assertThat(traced.search(filter, at(0), at(1)).total()).isOne();
    }

    private static TraceSummary asOpen(TraceSummary trace) {
        return new TraceSummary(
                trace.traceId(),
                trace.rootService(),
                trace.rootOperation(),
                trace.startTimeNanos(),
                trace.endTimeNanos(),
                trace.spanCount(),
                trace.status());
    }

    /** Spans of a trace, which may have come before; the first trace is a large one. */
    static List<Span> record(Random random) {
        int number = 1 + random.nextInt(80);
        int size = number == 1 ? 200 : 1 + random.nextInt(4);
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int id = 1 + random.nextInt(number == 1 ? 1_000 : 6);
            Span span = root(number, id, random.nextInt(number < 40 ? 1_000 : 60_000));
            spans.add(new Span(
                    span.traceId(),
                    span.spanId(),
                    id == 1 ? null : id(1),
                    "service " + random.nextInt(4),
                    "operation " + random.nextInt(6),
                    span.startTimeNanos(),
                    span.startTimeNanos() + random.nextInt(20) * 1_000_000L - random.nextInt(3),
                    random.nextInt(8) == 0 ? SpanStatus.ERROR : SpanStatus.OK,
                    random.nextInt(3) == 0
                            ? null
                            : Map.of("color", "c" + random.nextInt(5), "of " + id, "n" + random.nextInt(3))));
        }
        return spans;
    }

    /** Conditions of all kinds but whether a trace is complete. */
    static TraceFilter filter(Random random) {
        List<Tag> tags = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            tags.add(
                    random.nextBoolean()
                            ? new Tag("color", "c" + random.nextInt(6))
                            : new Tag("of " + (1 + random.nextInt(6)), "n" + random.nextInt(3)));
        }
        long min = random.nextInt(3) == 0 ? random.nextInt(15_000) * 1_000L : 0;
        return new TraceFilter(
                random.nextBoolean() ? null : "service " + random.nextInt(5),
                random.nextBoolean() ? null : "operation " + random.nextInt(7),
                random.nextInt(3) > 0 ? null : random.nextBoolean() ? SpanStatus.ERROR : SpanStatus.OK,
                min,
                random.nextInt(3) == 0 ? min + random.nextInt(10_000) * 1_000L : Long.MAX_VALUE,
                tags,
                null);
    }

    @Test
    void pages_showEveryMatchOnce_whileMoreComesIn() {
        // Given
        for (int i = 1; i <= 95; i++) {
            traced.arrive(root(i, 1, i / 3 * 400)); // several start together, in many seconds
        }
        TraceFilter filter = operation("operation 1");
        List<TraceId> seen = new ArrayList<>();
        TraceCursor cursor = null;

        // When
        for (int page = 0; page < 10; page++) {
            TracePage found = traced.search(filter, 10, cursor);
            assertThat(found.total()).isEqualTo(95 + page);
            found.traces().stream().map(TraceSummary::traceId).forEach(seen::add);
            cursor = TraceCursor.behind(found.traces().get(found.traces().size() - 1));
            traced.arrive(root(1_000 + page, 1, 50_000)); // newer than all
        }

        // Then
        assertThat(seen).doesNotHaveDuplicates().hasSize(95);
    }

    @Test
    void pagesOfTheWholeList_showEveryTraceOnce() {
        for (int i = 1; i <= 25; i++) {
            traced.arrive(root(i, 1, i / 3));
        }
        Set<TraceId> seen = new HashSet<>();
        TraceCursor cursor = null;
        for (int page = 0; page < 3; page++) {
            TracePage found = traced.search(TraceFilter.ANY, 10, cursor);
            assertThat(found.total()).isEqualTo(25);
            found.traces()
                    .forEach(trace -> assertThat(seen.add(trace.traceId())).isTrue());
            cursor = TraceCursor.behind(found.traces().get(found.traces().size() - 1));
        }
        assertThat(seen).hasSize(25);
        assertThat(traced.search(TraceFilter.ANY, 10, cursor).traces()).isEmpty();
    }

    @Test
    void conditions_holdForTheTraceAsAWhole() {
        // Given: the service, the operation and the tag are on three spans
        Map<String, String> tags = Map.of("card", "declined");
        Span tagged = new Span(trace(1), id(3), id(1), "b", "c", at(0), at(1), SpanStatus.OK, tags);
        traced.arrive(
                TestSpans.named(root(1, 1, 0), "a", "x"), withParent(TestSpans.named(root(1, 2, 0), "b", "y"), id(1)));
        traced.arrive(tagged);

        // Then
        Tag declined = new Tag("card", "declined");
        assertThat(total(new TraceFilter("a", null, null, 0, Long.MAX_VALUE, List.of(declined), null)))
                .isOne();
        assertThat(total(new TraceFilter(null, "y", null, 0, Long.MAX_VALUE, List.of(declined), null)))
                .isOne();
        assertThat(total(new TraceFilter("b", "y", null, 0, Long.MAX_VALUE, List.of(), null)))
                .isOne();
        assertThat(total(new TraceFilter("a", "y", null, 0, Long.MAX_VALUE, List.of(), null)))
                .as("an operation is one of the service")
                .isZero();
    }

    @Test
    void complete_isWhatClosedWithEveryParent() {
        traced.arrive(root(1, 1, 0));
        traced.arrive(root(2, 1, 0), withParent(root(2, 2, 0), id(77)));
        assertThat(total(complete(true))).isZero();

        traced.timePasses(Duration.ofSeconds(6));

        assertThat(total(complete(true))).isOne();
        assertThat(total(complete(false))).isOne();
    }

    /** Attributes of OTLP are found by their text, those of the resource as well. */
    @ParameterizedTest
    @CsvSource({"n, 42", "b, true", "d, 1.5", "s, text", "'', empty key", "a, '[1,\"x\"]'", "host.name, h1", "none, ''"
    })
    void typedAttribute_isFoundByItsText(String key, String text) {
        // Given
        var span = io.opentelemetry.proto.trace.v1.Span.newBuilder()
                .setTraceId(ByteString.copyFrom(trace(1).toBytes()))
                .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(0, 5)))
                .setStartTimeUnixNano(at(0))
                .setEndTimeUnixNano(at(1))
                .addAttributes(attribute("n", AnyValue.newBuilder().setIntValue(42)))
                .addAttributes(attribute("b", AnyValue.newBuilder().setBoolValue(true)))
                .addAttributes(attribute("d", AnyValue.newBuilder().setDoubleValue(1.5)))
                .addAttributes(attribute("s", AnyValue.newBuilder().setStringValue("text")))
                .addAttributes(attribute("", AnyValue.newBuilder().setStringValue("empty key")))
                .addAttributes(KeyValue.newBuilder().setKey("none"))
                .addAttributes(attribute(
                        "a",
                        AnyValue.newBuilder()
                                .setArrayValue(io.opentelemetry.proto.common.v1.ArrayValue.newBuilder()
                                        .addValues(AnyValue.newBuilder().setIntValue(1))
                                        .addValues(AnyValue.newBuilder().setStringValue("x")))));
        TracesData data = TracesData.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder()
                                .addAttributes(attribute(
                                        "host.name", AnyValue.newBuilder().setStringValue("h1"))))
                        .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
                .build();
        traced.record(trace(1).toBytes(), data.toByteArray());

        // Then
        assertThat(total(tag(key, text))).isOne();
        assertThat(total(tag(key, text + "x"))).isZero();
        assertThat(total(tag(key + "x", text))).isZero();
    }

    private static KeyValue attribute(String key, AnyValue.Builder value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    private long total(TraceFilter filter) {
        return traced.search(filter, 10, null).total();
    }

    private static TraceFilter operation(String operation) {
        return new TraceFilter(null, operation, null, 0, Long.MAX_VALUE, List.of(), null);
    }

    private static TraceFilter complete(boolean isComplete) {
        return new TraceFilter(null, null, null, 0, Long.MAX_VALUE, List.of(), isComplete);
    }

    private static TraceFilter tag(String key, String value) {
        return new TraceFilter(null, null, null, 0, Long.MAX_VALUE, List.of(new Tag(key, value)), null);
    }
}
