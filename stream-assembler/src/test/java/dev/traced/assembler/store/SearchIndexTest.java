package dev.traced.assembler.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.trace.TermSet;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import org.junit.jupiter.api.Test;

class SearchIndexTest {
    private static final long START = 1_760_000_000_000_000_000L;

    /** As a client does whose clock stands still. */
    @Test
    void tracesThatAllStartTogether_keepToTheBudget() {
        long max = 4 << 20;
        SearchBudget budget = new SearchBudget(max);
        SearchIndex index = new SearchIndex(budget);
        for (int number = 0; number < 20_000; number++) {
            index.put(trace(number), terms(number, 100));
            assertThat(budget.usedBytes()).isLessThan(max + (1 << 20));
        }
        assertThat(index.coversFromNanos()).as("the rows are searched").isGreaterThan(START);
    }

    @Test
    void secondWithTooManyTerms_isNotSealed() {
        SearchBucket bucket = new SearchBucket();
        int traces = SearchBucket.MAX_SEALED_PAIRS / 500;
        for (int number = 0; number <= traces; number++) {
            assertThat(bucket.isWorthSealing()).isEqualTo(number >= 16);
            bucket.put(trace(number), terms(number, 500));
        }
        assertThat(bucket.isWorthSealing()).isFalse();
    }

    private static TraceSummary trace(int number) {
        return new TraceSummary(new TraceId(1, number), "shop", "pay", START, START + 1, 1, SpanStatus.OK);
    }

    private static TermSet terms(int trace, int count) {
        TermSet terms = new TermSet();
        for (int i = 0; i < count; i++) {
            terms.add(1_000L * trace + i);
        }
        return terms;
    }
}
