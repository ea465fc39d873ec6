package dev.traced.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TraceSummaryTest {
    private static TraceSummary summary(long traceHigh, long start, long end) {
        return new TraceSummary(new TraceId(traceHigh, 0), "s", "o", start, end, 1, SpanStatus.OK);
    }

    @Test
    void duration_isWholeMilliseconds() {
        assertThat(summary(0, 5, 1_999_999 + 5).durationMs()).isEqualTo(1);
        assertThat(summary(0, 5, 5).durationMs()).isZero();
        assertThat(summary(0, 5, 4).durationMs()).isZero();
        assertThat(summary(0, -1_000_000, 1_000_000).durationMs()).isEqualTo(2);
        assertThat(summary(0, 5, 7).durationNanos()).isEqualTo(2);
        assertThat(summary(0, Long.MIN_VALUE, Long.MAX_VALUE).durationNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void newestFirst_thenByTraceIdAsUnsigned() {
        List<TraceSummary> ordered = List.of(
                summary(0, Long.MAX_VALUE, Long.MAX_VALUE),
                summary(1, 9, 9),
                summary(Long.MAX_VALUE, 9, 9),
                summary(-1, 9, 9),
                summary(0, -3, 0));
        List<TraceSummary> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(1));

        shuffled.sort(TraceSummary.NEWEST_FIRST);

        assertThat(shuffled).isEqualTo(ordered);
    }
}
