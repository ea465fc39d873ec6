package dev.traced.testing.verify.workload;

import dev.traced.testing.verify.wire.WireSpan;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** The next version of a span that is sent again with other content. Some of them move, make or unmake the root of its trace. */
final class SpanChanges {

    private static final long FURTHEST_MOVE = TimeUnit.MILLISECONDS.toNanos(5);

    private final SplittableRandom random;
    private final RandomText text;

    SpanChanges(SplittableRandom random) {
        this.random = random;
        this.text = new RandomText(random);
    }

    WireSpan change(WireSpan span) {
        WireSpan changed = tryToChange(span);
        while (changed.equals(span)) {
            changed = tryToChange(span);
        }
        return changed;
    }

    private WireSpan tryToChange(WireSpan span) {
        if (span.isError() && random.nextBoolean()) {
            // Rare by itself, and the only way to see a status that does not become ok again.
            return span.withStatus(WireSpan.OK);
        }
        return switch (random.nextInt(6)) {
            case 0 -> span.withStatus(span.isError() ? WireSpan.OK : WireSpan.ERROR);
            case 1 -> span.withOperation(span.operation().equals("changed") ? "changed again" : "changed");
            case 2 -> moved(span);
            case 3 -> span.withTimes(span.startTimeNanos(), span.endTimeNanos() + random.nextLong(1, FURTHEST_MOVE));
            case 4 -> span.withTags(text.tags());
            default -> span.withParent(span.isRoot() ? text.id() : null);
        };
    }

    private WireSpan moved(WireSpan span) {
        long start = span.startTimeNanos() + random.nextLong(-FURTHEST_MOVE, FURTHEST_MOVE);
        return span.withTimes(start, start + random.nextLong(FURTHEST_MOVE));
    }
}
