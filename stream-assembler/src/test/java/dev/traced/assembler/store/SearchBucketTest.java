package dev.traced.assembler.store;

import static dev.traced.assembler.TestSpans.trace;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.trace.TermSet;
import dev.traced.model.SpanStatus;
import dev.traced.model.StartRange;
import dev.traced.model.TraceSummary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                bucket.put(line(i), terms[i]);
            }
        }

        assertThat(bucket.bytes()).isLessThan(3L * 20 * 400 * Long.BYTES);
        for (int number = 0; number < terms.length; number++) {
            assertThat(found(bucket, 31 + number, 400 * 31 + number)).contains(number);
            assertThat(found(bucket, 401 * 31 + 50)).isEmpty();
        }
    }

    /** Traces come, change, leave and come back, and the bucket is sealed whenever. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void whateverIsSealedWhen_theSameTracesAreFound(long seed) {
        // Given
        Random random = new Random(seed);
        SearchBucket bucket = new SearchBucket();
        Map<Integer, Set<Long>> expected = new HashMap<>();
        for (int step = 0; step < 3_000; step++) {
            int number = random.nextInt(200);
            if (random.nextInt(6) == 0) {
                bucket.remove(trace(number));
                expected.remove(number);
            } else {
                Set<Long> terms = expected.getOrDefault(number, new TreeSet<>());
                for (int i = random.nextInt(4); i > 0; i--) {
                    terms.add((long) random.nextInt(random.nextInt(40) + 1) * 0x9e3779b97f4a7c15L);
                }
                expected.put(number, terms);
                bucket.put(line(number), set(terms));
            }
            if (random.nextInt(300) == 0) {
                bucket.seal();
            }
            long[] wanted = random.longs(random.nextInt(3), 0, 40)
                    .map(term -> term * 0x9e3779b97f4a7c15L)
                    .toArray();

            // When
            List<Integer> found = found(bucket, wanted);

            // Then
            List<Integer> matching = new ArrayList<>();
            expected.forEach((trace, terms) -> {
                boolean hasAll = true;
                for (long term : wanted) {
                    hasAll &= terms.contains(term);
                }
                if (hasAll) {
                    matching.add(trace);
                }
            });
            assertThat(found).as("step " + step).containsExactlyInAnyOrderElementsOf(matching);
            assertThat(bucket.live).isEqualTo(expected.size());
        }
    }

    @Test
    void sealed_tracesOfTheSameKindTakeLessThanHalf() {
        SearchBucket bucket = new SearchBucket();
        Random random = new Random(1);
        for (int number = 0; number < 3_000; number++) {
            TermSet terms = new TermSet();
            for (int i = 0; i < 18; i++) {
                terms.add(random.nextInt(100) * 0x9e3779b97f4a7c15L);
            }
            bucket.put(line(number), terms);
        }
        long before = bucket.bytes();

        bucket.seal();

        assertThat(bucket.bytes()).isLessThan(before / 2);
    }

    private static TraceSummary line(int number) {
        return new TraceSummary(trace(number), "s", "o", 5, 6, 1, SpanStatus.OK);
    }

    private static TermSet set(Set<Long> terms) {
        TermSet set = new TermSet();
        terms.forEach(set::add);
        return set;
    }

    private static List<Integer> found(SearchBucket bucket, long... wanted) {
        List<Integer> found = new ArrayList<>();
        bucket.forEach(
                new Condition(wanted, 0, 0, 0, Long.MAX_VALUE, StartRange.ANY),
                ordinal -> found.add((int) bucket.id(ordinal).low()));
        return found;
    }
}
