package dev.traced.assembler.store;

import static dev.traced.assembler.TestSpans.trace;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.trace.TermSet;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceSummary;
import org.junit.jupiter.api.Test;

class SearchBucketTest {
    /** Each record of a long trace may bring a term. */
    @Test
    void tracesThatKeepGettingTerms_takeNoMoreThanTheirTermsNeed() {
        SearchBucket bucket = new SearchBucket();
        TermSet[] terms = new TermSet[20];
        for (long term = 1; term <= 400; term++) {
            for (int i = 0; i < terms.length; i++) {
                terms[i] = term == 1 ? new TermSet() : terms[i];
                terms[i].add(term * 31 + i);
                bucket.put(new TraceSummary(trace(i), "s", "o", 5, 6, 1, SpanStatus.OK), terms[i]);
            }
        }

        assertThat(bucket.bytes()).isLessThan(3L * 20 * 400 * Long.BYTES);
        for (int ordinal = 0; ordinal < terms.length; ordinal++) {
            int number = (int) bucket.id(ordinal).low();
            assertThat(bucket.has(ordinal, new long[] {31 + number, 400 * 31 + number}))
                    .isTrue();
            assertThat(bucket.has(ordinal, new long[] {401 * 31 + 50})).isFalse();
        }
    }
}
