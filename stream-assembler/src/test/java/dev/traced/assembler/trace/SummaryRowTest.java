package dev.traced.assembler.trace;

import static dev.traced.assembler.TestSpans.trace;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceSummary;
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
        byte[] row = SummaryRow.encode(summary, terms);

        assertThat(SummaryRow.decode(summary.traceId(), summary.startTimeNanos(), row))
                .isEqualTo(summary);
        assertThat(SummaryRow.find(row, new long[] {6}))
                .isEqualTo(summary.spanCount() > 512 ? TermSet.Presence.UNKNOWN : TermSet.Presence.ABSENT);
    }
}
