package dev.traced.testing.verify;

import dev.traced.testing.verify.wire.ListQuery;
import dev.traced.testing.verify.wire.ListedTrace;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Random ranges and limits, most of which begin or end at, just before or just after the start of some trace: where off-by-one lives. */
final class RangeQueries {

    private final SplittableRandom random;
    private final List<ListedTrace> traces;

    RangeQueries(SplittableRandom random, List<ListedTrace> traces) {
        this.random = random;
        this.traces = traces;
    }

    ListQuery next() {
        Long one = edge();
        Long other = edge();
        if (one == null || other == null) {
            return new ListQuery(limit(), one, one == null ? positive(other) : null);
        }
        long after = Math.min(one, other);
        // after must be smaller; one nanosecond wide is a good range.
        long before = Math.max(Math.max(one, other), after + 1);
        return new ListQuery(limit(), after, before);
    }

    private @Nullable Integer limit() {
        int roll = random.nextInt(10);
        if (roll == 0) {
            return null;
        }
        return roll < 3 ? ListQuery.MAX_LIMIT : random.nextInt(1, ListQuery.MAX_LIMIT + 1);
    }

    private @Nullable Long edge() {
        int roll = random.nextInt(12);
        if (roll == 0) {
            return null;
        }
        if (roll == 1 || traces.isEmpty()) {
            return random.nextBoolean() ? 0L : Long.MAX_VALUE - 1;
        }
        long start = traces.get(random.nextInt(traces.size())).startTimeNanos();
        return roll < 9 ? start + random.nextInt(-1, 2) : start + random.nextLong(-1_000_000_000L, 1_000_000_000L);
    }

    /** {@code before=0} without after is legal but says nothing. */
    private static @Nullable Long positive(@Nullable Long value) {
        return value == null ? null : Math.max(1, value);
    }
}
