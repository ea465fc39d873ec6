package dev.traced.assembler.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowsTest {
    private static final TraceId TRACE = new TraceId(0x1234, 0xFFFF_FFFF_FFFF_0000L);

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void rootKeys_sortNewestFirst_thenByTraceIdUnsigned(long seed) {
        // Given
        long[] starts = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1_767_225_600_000_000_000L};
        long[] halves = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE};
        List<TraceSummary> expected = new ArrayList<>();
        for (long start : starts) {
            for (long high : halves) {
                for (long low : halves) {
                    expected.add(new TraceSummary(new TraceId(high, low), "", "", start, start, 1, SpanStatus.OK));
                }
            }
        }
        List<byte[]> keys = new ArrayList<>();
        expected.forEach(trace -> keys.add(Rows.root(trace.startTimeNanos(), trace.traceId())));
        Collections.shuffle(keys, new Random(seed));

        // When
        keys.sort(Arrays::compareUnsigned);

        // Then
        expected.sort(TraceSummary.NEWEST_FIRST);
        assertThat(keys)
                .extracting(Rows::startOf)
                .isEqualTo(expected.stream().map(TraceSummary::startTimeNanos).toList());
        assertThat(keys)
                .extracting(Rows::traceOfRoot)
                .isEqualTo(expected.stream().map(TraceSummary::traceId).toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 1_767_225_600_000_000_000L, Long.MAX_VALUE - 1})
    void firstKeyOfAStart_liesBeforeItsRoots_andAfterNewerOnes(long start) {
        // When
        byte[] first = Rows.rootsFrom(start);

        // Then
        assertSorted(Rows.root(start + 1, new TraceId(-1, -1)), first, Rows.root(start, new TraceId(0, 0)));
    }

    @Test
    void chunkKey_saysWhatItIsOf() {
        // When
        byte[] key = Rows.chunk(Rows.bucket(1_767_225_609_999L), TRACE, 1L << 40, true);

        // Then
        assertThat(key).hasSize(Rows.CHUNK_KEY_BYTES).startsWith(Rows.chunkPrefix(Rows.bucketOf(key), TRACE));
        assertThat(Rows.bucketOf(key)).isEqualTo(Rows.bucket(1_767_225_600_000L));
        assertThat(Rows.endOfBucketMs(Rows.bucketOf(key))).isEqualTo(1_767_225_610_000L);
        assertThat(Rows.traceOfChunk(key)).isEqualTo(TRACE);
        assertThat(Rows.offsetOf(key)).isEqualTo(1L << 40);
        assertThat(Rows.hasFurther(key)).isTrue();
        assertThat(Rows.hasFurther(Rows.chunk(1, TRACE, 0, false))).isFalse();
    }

    @Test
    void chunksOfATraceInABucket_sortByOffset() {
        assertSorted(
                Rows.chunksFrom(5), Rows.chunk(5, TRACE, 9, true), Rows.chunk(5, TRACE, 10, false), Rows.chunksFrom(6));
    }

    private static void assertSorted(byte[]... keys) {
        assertThat(List.of(keys)).isSortedAccordingTo(Arrays::compareUnsigned);
    }

    @Test
    void kindsOfKeys_doNotMix() {
        assertThat(List.of(
                        Rows.chunk(1, TRACE, 0, false)[0],
                        Rows.head(TRACE)[0],
                        Rows.root(0, TRACE)[0],
                        Rows.span(TRACE, 1, 2)[0],
                        Rows.evicted(1)[0]))
                .doesNotHaveDuplicates();
        assertThat(Rows.bucketOf(Rows.evicted(77))).isEqualTo(77);
    }
}
