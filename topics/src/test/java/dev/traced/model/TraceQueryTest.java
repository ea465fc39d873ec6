package dev.traced.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TraceQueryTest {
    @Test
    void bounds_areInclusiveAndExclusive() {
        assertThat(TraceQuery.between(5L, 9L, 20, 100)).isEqualTo(new TraceQuery(20, 5, 8, 100));
    }

    @Test
    void bounds_thatAreAbsent_takeAll() {
        assertThat(TraceQuery.between(null, null, 1000, 100)).isEqualTo(new TraceQuery(1000, 0, Long.MAX_VALUE, 100));
        assertThat(TraceQuery.between(0L, null, 1, 100)).isEqualTo(new TraceQuery(1, 0, Long.MAX_VALUE, 100));
        assertThat(TraceQuery.between(null, Long.MAX_VALUE, 1, 100).lastNanos()).isEqualTo(Long.MAX_VALUE - 1);
    }

    @Test
    void before_ofZero_takesNothing() {
        TraceQuery query = TraceQuery.between(null, 0L, 1, 100);

        assertThat(query.lastNanos()).isLessThan(query.firstNanos());
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                argumentSet("limit 0", null, null, 0, "limit must be 1..1000, was 0"),
                argumentSet("limit 1001", null, null, 1001, "limit must be 1..1000, was 1001"),
                argumentSet("limit negative", null, null, -1, "limit must be 1..1000, was -1"),
                argumentSet("after negative", -1L, null, 1, "after must not be negative, was -1"),
                argumentSet("before negative", null, -7L, 1, "before must not be negative, was -7"),
                argumentSet("empty range", 5L, 5L, 1, "after must be less than before, were 5 and 5"),
                argumentSet("inverted range", 6L, 5L, 1, "after must be less than before, were 6 and 5"));
    }

    @ParameterizedTest
    @MethodSource
    void refused(Long after, Long before, int limit, String message) {
        assertThatThrownBy(() -> TraceQuery.between(after, before, limit, 100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
