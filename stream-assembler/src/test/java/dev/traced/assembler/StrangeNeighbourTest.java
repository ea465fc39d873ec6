package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.child;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.startingAt;
import static dev.traced.assembler.TestSpans.trace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.traced.model.TraceSummary;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A span's own clock must not move anybody else's: not even that of a trace that is still being assembled. */
@Timeout(60)
class StrangeNeighbourTest {
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

    @ParameterizedTest
    @ValueSource(longs = {0, 4_102_444_800_000_000_000L, Long.MAX_VALUE})
    void traceUnderWay_goesOn_whenASpanOfAStrangeTimeComesBetween(long start) {
        // Given
        traced.arrive(child(1, 2, 5));
        traced.arrive(child(1, 3, 5));

        // When
        traced.arrive(startingAt(root(2, 1, 0), start));
        traced.timePasses(Duration.ofSeconds(10));
        traced.arrive(root(1, 1, 0));
        traced.arrive(child(1, 4, 5));

        // Then
        assertThat(traced.list().traces())
                .filteredOn(listed -> listed.traceId().equals(trace(1)))
                .extracting(TraceSummary::traceId, TraceSummary::spanCount)
                .containsExactly(tuple(trace(1), 4L));
        assertThat(traced.trace(1)).hasSize(4);
    }

    @Test
    void traceOfTwoCenturies_keepsAllItsSpans() {
        traced.arrive(child(1, 2, 5));
        traced.arrive(startingAt(child(1, 3, 0), 4_102_444_800_000_000_000L));
        traced.timePasses(Duration.ofSeconds(10));
        traced.arrive(root(1, 1, 0));

        assertThat(traced.trace(1)).hasSize(3);
        assertThat(traced.list().traces()).extracting(TraceSummary::spanCount).containsExactly(3L);
    }
}
