package dev.traced.assembler.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.trace.TermSet;
import dev.traced.model.SpanStatus;
import dev.traced.model.StartRange;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SearchIndexTest {
    private static final long START = 1_760_000_000_000_000_000L;

    /** As a client does whose clock stands still. */
    @Test
    void tracesThatAllStartTogether_keepToTheBudget() {
        long max = 4 << 20;
        SearchBudget budget = new SearchBudget(max);
        SearchIndex index = new SearchIndex(budget);
        index.clear(START / 1_000_000);
        for (int number = 0; number < 20_000; number++) {
            index.put(trace(number), terms(number, 100));
            assertThat(budget.usedBytes()).isLessThan(max + (1 << 20));
        }
        assertThat(index.coversFromNanos()).as("the rows are searched").isGreaterThan(START);
    }

    /** Enough of them to fill the memory, which must not keep from it what comes now. */
    @Test
    void tracesDatedFarAhead_giveWay_untilTheirTimeComes() {
        SearchBudget budget = new SearchBudget(200_000);
        SearchIndex index = new SearchIndex(budget);
        long nowMs = START / 1_000_000;
        index.clear(nowMs);
        for (int number = 0; number < 1_000; number++) {
            index.put(trace(number, START + TimeUnit.HOURS.toNanos(2) + number * 2_000_000_000L), terms(number, 5));
        }
        for (int number = 0; number < 100; number++) {
            index.put(trace(2_000 + number, START), terms(2_000 + number, 5));
        }

        assertThat(index.coversFromNanos()).isEqualTo(Long.MIN_VALUE);
        long coversTo = index.coversToNanos();
        assertThat(coversTo).isBetween(START + TimeUnit.HOURS.toNanos(1), Long.MAX_VALUE - 1);
        PageCollector all = new PageCollector(new TraceQuery(1_000, 0, Long.MAX_VALUE, START));
        assertThat(index.search(new Condition(TraceFilter.ANY, new StartRange(START, START)), null, all))
                .isEmpty();
        assertThat(all.page().total()).isEqualTo(100);
        index.sealNext(nowMs + TimeUnit.HOURS.toMillis(1));
        assertThat(index.isToCoverNext()).isFalse();
        index.sealNext(coversTo / 1_000_000);
        assertThat(index.isToCoverNext()).isTrue();
        assertThat(index.coverNext().first()).isEqualTo(coversTo + 1);
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
        return trace(number, START);
    }

    private static TraceSummary trace(int number, long start) {
        return new TraceSummary(new TraceId(1, number), "shop", "pay", start, start + 1, 1, SpanStatus.OK);
    }

    private static TermSet terms(int trace, int count) {
        TermSet terms = new TermSet();
        for (int i = 0; i < count; i++) {
            terms.add(1_000L * trace + i);
        }
        return terms;
    }
}
