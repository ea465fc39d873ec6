package dev.traced.testing.verify.workload;

import dev.traced.testing.verify.wire.WireSpan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The spans of one trace after another: one root, sometimes two, then children. Whether and when they are sent is decided elsewhere. */
final class TraceGenerator {

    private static final double ERRORS = 0.05;
    private static final double ORPHANS = 0.02;
    private static final double SECOND_ROOT = 0.04;
    private static final double TIES = 0.2;
    private static final double AHEAD_OF_THE_CLOCK = 0.005;
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private final SplittableRandom random;
    private final RandomText text;
    private final long nowNanos;
    private final long spreadNanos;
    private final WorkloadShape shape;
    private String usedRootId;

    TraceGenerator(SplittableRandom random, Instant now, WorkloadShape shape) {
        this.random = random;
        this.text = new RandomText(random);
        this.nowNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        this.spreadNanos = shape.spread().toNanos();
        this.shape = shape;
        this.usedRootId = text.id();
    }

    List<WireSpan> next(int number) {
        int size = number == shape.traces() / 2 ? shape.largestTrace() : size();
        List<WireSpan> spans = new ArrayList<>(size);
        String traceId = text.id();
        spans.add(span(traceId, rootId(), null, rootStart()));
        if (random.nextDouble() < SECOND_ROOT) {
            spans.add(span(traceId, text.id(), null, near(spans.get(0).startTimeNanos())));
        }
        while (spans.size() < size) {
            WireSpan parent = spans.get(random.nextInt(spans.size()));
            String parentId = random.nextDouble() < ORPHANS ? text.id() : parent.spanId();
            spans.add(span(traceId, text.id(), parentId, near(parent.startTimeNanos())));
        }
        return spans;
    }

    /** Two traces may use the same span id: it is unique within its trace only. */
    private String rootId() {
        if (random.nextInt(20) > 0) {
            usedRootId = text.id();
        }
        return usedRootId;
    }

    /** Mostly a handful, now and then a hundred. */
    private int size() {
        int most = random.nextInt(50) == 0 ? 120 : random.nextInt(1, 13);
        return Math.min(shape.largestTrace(), random.nextInt(1, most + 1));
    }

    private long rootStart() {
        if (random.nextDouble() < AHEAD_OF_THE_CLOCK) {
            return nowNanos + random.nextLong(Duration.ofDays(2).toNanos());
        }
        long start = nowNanos - random.nextLong(spreadNanos);
        // Ties between traces: the list has to fall back to the trace id, also where a page ends.
        long grid = Math.max(1, spreadNanos / 40);
        long tied = start - start % grid;
        return random.nextDouble() < TIES && tied > nowNanos - spreadNanos ? tied : start;
    }

    /** A little before (clocks differ) or after the parent, or at the same nanosecond. */
    private long near(long parentStart) {
        double roll = random.nextDouble();
        if (roll < TIES) {
            return parentStart;
        }
        long distance = random.nextLong(20 * MILLISECOND);
        return roll < TIES + 0.1 ? parentStart - distance / 10 : parentStart + distance;
    }

    private WireSpan span(String traceId, String spanId, @Nullable String parentId, long start) {
        long duration = random.nextInt(10) == 0 ? random.nextLong(3) : random.nextLong(400 * MILLISECOND);
        String status = random.nextDouble() < ERRORS ? WireSpan.ERROR : WireSpan.OK;
        return new WireSpan(
                traceId,
                spanId,
                parentId,
                text.service(),
                text.operation(),
                start,
                start + duration,
                status,
                text.tags());
    }
}
