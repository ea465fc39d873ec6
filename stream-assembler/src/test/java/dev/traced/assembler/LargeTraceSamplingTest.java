package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW_MS;
import static dev.traced.assembler.TestSpans.id;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.trace;
import static dev.traced.assembler.TestSpans.withParent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.History.Event;
import dev.traced.assembler.completion.Completion;
import dev.traced.assembler.sampling.TailRulesJson;
import dev.traced.assembler.sampling.TailSampler;
import dev.traced.assembler.stats.ServiceMetrics;
import dev.traced.assembler.trace.Verdict;
import dev.traced.model.Span;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceQuery;
import dev.traced.topics.TraceEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace of several records of topic traces is looked at and told of step by step, and spans may come in between. */
class LargeTraceSamplingTest {
    private static final int RECORDS = 4;

    @TempDir
    Path directory;

    private Partition partition;
    private Completion completion;
    private final List<TraceEvent> told = new ArrayList<>();
    private final List<Verdict> made = new ArrayList<>();
    private long nowMs = NOW_MS;
    private long offset;

    @BeforeEach
    void start() {
        partition = new Partition(directory);
        for (int record = 0; record < RECORDS; record++) {
            List<Span> spans = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                int id = 1 + record * 2_000 + i;
                spans.add(id == 1 ? root(1, 1, 0) : withParent(root(1, id, 5), id(1)));
            }
            arrive(spans);
        }
    }

    @AfterEach
    void stop() {
        partition.close();
    }

    private void arrive(List<Span> spans) {
        partition.deliver(new Event(offset++, nowMs, spans), nowMs);
    }

    /** In place of the partition's own completion, which is not called: one that does one step at a time. */
    private void rules(String json) {
        completion = new Completion(
                partition.store().traces(),
                Duration.ofSeconds(5),
                new TailSampler(TailRulesJson.read(json), made::add),
                nowMs,
                partition.store().traces().countServices(nowMs),
                new ServiceMetrics(new SimpleMeterRegistry()),
                told::add);
        nowMs += 6_000;
    }

    private void step() {
        completion.run(nowMs, System.nanoTime());
    }

    private String droppedBy() {
        return partition.droppedBy(trace(1), TimeUnit.MILLISECONDS.toNanos(nowMs));
    }

    @Test
    void whatHasBeenToldOf_isNotDroppedNext_ifSpansCameMeanwhile() {
        // Given: a rule that would drop it with one more span
        rules("[{\"name\":\"torn\",\"complete\":false,\"keep\":0},{\"name\":\"rest\"}]");
        for (int i = 0; i < 1 + RECORDS + 2; i++) {
            step(); // it is found, looked at, and two parts go out
        }
        assertThat(told).hasSize(2);

        // When
        arrive(List.of(withParent(root(1, 99_999, 5), id(88_888))));
        for (int i = 0; i < 20; i++) {
            step();
        }
        nowMs += 6_000;
        for (int i = 0; i < 20; i++) {
            step();
        }

        // Then
        assertThat(droppedBy()).isNull();
        assertThat(made).containsExactly(new Verdict("rest", true));
        assertThat(told.subList(0, RECORDS)).allMatch(part -> part.kind() == TraceEvent.Kind.TRACE_COMPLETE);
        assertThat(told.subList(RECORDS, told.size()))
                .hasSize(RECORDS + 1)
                .allMatch(part -> part.kind() == TraceEvent.Kind.UPDATE_TRACE && part.revision() == RECORDS + 1);
    }

    /** The line of the list says so; a search must find it so. */
    @Test
    void traceThatSpansCameTo_whileItWasToldOf_isOpen() {
        rules("");
        for (int i = 0; i < 1 + 2; i++) {
            step();
        }
        arrive(List.of(withParent(root(1, 99_999, 5), id(1))));
        for (int i = 0; i < 20; i++) {
            step();
        }
        assertThat(told).hasSize(RECORDS);
        assertThat(completeTraces()).isZero();

        nowMs += 6_000;
        for (int i = 0; i < 20; i++) {
            step();
        }
        assertThat(completeTraces()).isOne();
    }

    private long completeTraces() {
        TraceFilter complete = new TraceFilter(null, null, null, 0, Long.MAX_VALUE, List.of(), true);
        TraceQuery all = TraceQuery.between(null, null, 10, TimeUnit.MILLISECONDS.toNanos(nowMs));
        return partition.list(all.with(complete, null)).total();
    }

    @Test
    void traceThatIsToBeDropped_isLookedAtAgain_ifSpansCameMeanwhile() {
        // Given
        rules("[{\"name\":\"errors\",\"status\":\"error\"},{\"name\":\"rest\",\"keep\":0}]");
        for (int i = 0; i < 3; i++) {
            step();
        }

        // When
        arrive(List.of(TestSpans.failed(withParent(root(1, 99_999, 5), id(1)))));
        for (int i = 0; i < 20; i++) {
            step();
        }
        assertThat(partition.store().rootRows()).as("listed until it closes").isOne();
        nowMs += 6_000;
        for (int i = 0; i < 20; i++) {
            step();
        }

        // Then
        assertThat(droppedBy()).isNull();
        assertThat(told).hasSize(RECORDS + 1).allMatch(part -> part.kind() == TraceEvent.Kind.TRACE_COMPLETE);
        assertThat(partition.store().rootRows()).isOne();
    }
}
