package dev.traced.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A range of time in steps of a round length, each of which begins at a multiple of it; the first and the last may be cut.
 * Times are Unix nanoseconds.
 *
 * @param afterNanos where the range begins, inclusive
 * @param beforeNanos where it ends, exclusive
 */
public record TimeSteps(long afterNanos, long beforeNanos, long stepNanos) {
    private static final long[] ROUND = round();

    private static long[] round() {
        List<Long> lengths = new ArrayList<>();
        for (long tens = 1; tens < TimeUnit.SECONDS.toNanos(1); tens *= 10) {
            lengths.addAll(List.of(tens, 2 * tens, 5 * tens));
        }
        for (TimeUnit unit : List.of(TimeUnit.SECONDS, TimeUnit.MINUTES)) {
            for (int length : new int[] {1, 2, 5, 10, 15, 30}) {
                lengths.add(unit.toNanos(length));
            }
        }
        for (int hours : new int[] {1, 2, 3, 6, 12}) {
            lengths.add(TimeUnit.HOURS.toNanos(hours));
        }
        for (long tens = 1; tens <= 10_000; tens *= 10) {
            for (long days : new long[] {tens, 2 * tens, 5 * tens}) {
                lengths.add(TimeUnit.DAYS.toNanos(days));
            }
        }
        lengths.add(Long.MAX_VALUE);
        return lengths.stream().mapToLong(Long::longValue).toArray();
    }

    /** The shortest steps of which at most so many reach from {@code after} to {@code before}. */
    public static TimeSteps between(long after, long before, int most) {
        for (long length : ROUND) {
            TimeSteps steps = new TimeSteps(after, Math.max(after, before), length);
            if (steps.span() <= most) {
                return steps;
            }
        }
        throw new IllegalArgumentException("steps must be at least 1, was " + most);
    }

    /** The same up to the end of the step that {@code now} is in; none if that is before {@code after}. */
    public static TimeSteps upTo(long now, long after, int most) {
        TimeSteps steps = between(after, now + 1, most);
        long end = (Math.floorDiv(now, steps.stepNanos) + 1) * steps.stepNanos;
        return new TimeSteps(after, Math.max(after, end), steps.stepNanos);
    }

    /** How many steps there are. */
    public int count() {
        return Math.toIntExact(span());
    }

    private long span() {
        return afterNanos == beforeNanos
                ? 0
                : Math.floorDiv(beforeNanos - 1, stepNanos) - Math.floorDiv(afterNanos, stepNanos) + 1;
    }

    /** When a step begins, whether or not the range begins later. */
    public long start(int step) {
        return (Math.floorDiv(afterNanos, stepNanos) + step) * stepNanos;
    }

    /** In which step a time is that is not before the range; {@link #count} if it is after it. */
    public int step(long nanos) {
        return nanos >= beforeNanos
                ? count()
                : (int) (Math.floorDiv(nanos, stepNanos) - Math.floorDiv(afterNanos, stepNanos));
    }
}
