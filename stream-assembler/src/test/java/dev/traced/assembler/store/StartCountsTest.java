package dev.traced.assembler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartCountsTest {
    private static final long FINE = 1L << 26;
    private static final long COARSE = 1L << 33;

    private final StartCounts counts = new StartCounts();
    private final List<Long> starts = new ArrayList<>();

    private void add(long start) {
        counts.add(start);
        starts.add(start);
    }

    /** What the store makes of it: the known, and the edges row by row. */
    private long count(long first, long last) {
        StartCounts.Count count = counts.between(first, last);
        assertThat(count.edges()).hasSizeLessThanOrEqualTo(2);
        count.edges().forEach(edge -> assertThat(edge.last() - edge.first()).isBetween(0L, FINE - 1));
        return count.known()
                + count.edges().stream()
                        .mapToLong(edge -> bruteForce(edge.first(), edge.last()))
                        .sum();
    }

    private long bruteForce(long first, long last) {
        return starts.stream().filter(start -> start >= first && start <= last).count();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void between_equalsBruteForce(long seed) {
        // Given
        Random random = new Random(seed);
        List<Long> times = new ArrayList<>(List.of(0L, -1L, 1L, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 1));
        for (long base : new long[] {0, -COARSE, 7 * COARSE, 1_767_225_600_000_000_000L, Long.MAX_VALUE - COARSE}) {
            long slot = base >> 33 << 33;
            for (long edge : new long[] {slot, slot + FINE, slot + 64 * FINE, slot + COARSE}) {
                times.addAll(List.of(edge - 1, edge, edge + 1, edge + random.nextInt(1 << 26)));
            }
        }
        for (int i = 0; i < 400; i++) {
            // When
            if (!starts.isEmpty() && random.nextInt(3) == 0) {
                counts.remove(starts.remove(random.nextInt(starts.size())));
            } else {
                add(times.get(random.nextInt(times.size())));
            }
            long first = times.get(random.nextInt(times.size()));
            long last = times.get(random.nextInt(times.size()));

            // Then
            assertThat(count(first, last)).as("%d..%d", first, last).isEqualTo(bruteForce(first, last));
            assertThat(counts.total()).isEqualTo(starts.size());
        }
        assertThat(count(Long.MIN_VALUE, Long.MAX_VALUE)).isEqualTo(starts.size());
    }

    @Test
    void wholeSlots_areCountedWithoutReadingARow() {
        // Given
        add(0);
        add(FINE - 1);
        add(COARSE - 1);

        // When
        StartCounts.Count count = counts.between(0, COARSE - 1);

        // Then
        assertThat(count).isEqualTo(new StartCounts.Count(3, List.of()));
    }

    @Test
    void emptySlots_areNotRead() {
        // Given
        add(10 * FINE);

        // When
        StartCounts.Count count = counts.between(FINE + 5, 20 * FINE + 5);

        // Then
        assertThat(count).isEqualTo(new StartCounts.Count(1, List.of()));
    }

    @Test
    void emptyRange_holdsNothing() {
        add(5);
        assertThat(counts.between(6, 5)).isEqualTo(new StartCounts.Count(0, List.of()));
    }

    @Test
    void unknownRoot_isNotRemoved() {
        add(5);
        assertThatThrownBy(() -> counts.remove(5 + FINE)).hasMessage("a root was removed that was never counted");
    }

    @Test
    void clear_forgetsAll() {
        // Given
        add(5);

        // When
        counts.clear();

        // Then
        assertThat(counts.total()).isZero();
        assertThat(counts.between(0, 10)).isEqualTo(new StartCounts.Count(0, List.of()));
    }
}
