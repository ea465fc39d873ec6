package dev.traced.assembler.trace;

import static dev.traced.assembler.TestSpans.trace;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SummaryRowTest {
    static Stream<TraceSummary> summaries() {
        return Stream.of(
                new TraceSummary(trace(1), "", "", 0, 0, 1, SpanStatus.OK),
                new TraceSummary(trace(2), "shop", "GET /", 5, 9, 100_000, SpanStatus.ERROR),
                new TraceSummary(trace(3), "käse \uD83E\uDDC0", "", Long.MAX_VALUE, Long.MAX_VALUE, 2, SpanStatus.OK),
                new TraceSummary(trace(4), "", "x".repeat(256), Long.MIN_VALUE, -1, 3, SpanStatus.ERROR));
    }

    @ParameterizedTest
    @MethodSource("summaries")
    void decoded_isWhatWasEncoded(TraceSummary summary) {
        TermSet terms = new TermSet();
        for (long term = 7; term < 7 + summary.spanCount() && term < 2_000; term++) {
            terms.add(term);
        }
        byte[] row = SummaryRow.encode(summary, 17, terms);

        assertThat(SummaryRow.decode(summary.traceId(), summary.startTimeNanos(), row, null))
                .isEqualTo(summary);
        TraceShape shape = new TraceShape(true, 1, 2, List.of("a", "b"), true, false);
        Closing before = Closing.decode(new Closing(16, 1, 5_000, shape, null).encode());
        assertThat(SummaryRow.decode(summary.traceId(), summary.startTimeNanos(), row, before)
                        .shape())
                .isNull();
        Closing last = Closing.decode(new Closing(17, 1, 5_000, shape, null).encode());
        assertThat(SummaryRow.decode(summary.traceId(), summary.startTimeNanos(), row, last)
                        .shape())
                .isEqualTo(shape);
        assertThat(SummaryRow.find(row, new long[] {6}))
                .isEqualTo(summary.spanCount() > 512 ? TermSet.Presence.UNKNOWN : TermSet.Presence.ABSENT);
    }
}
