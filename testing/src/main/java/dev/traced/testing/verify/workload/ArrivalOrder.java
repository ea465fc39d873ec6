package dev.traced.testing.verify.workload;

import dev.traced.testing.verify.wire.WireSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** When the spans of a trace are sent: together or scattered, the root in time, much later or never, some twice. */
final class ArrivalOrder {

    private static final double NO_ROOT = 0.03;
    private static final double LATE_ROOT = 0.10;
    private static final double SCATTERED = 0.30;
    private static final double SENT_TWICE = 0.04;

    private final SplittableRandom random;
    private final int traces;

    ArrivalOrder(SplittableRandom random, int traces) {
        this.random = random;
        this.traces = traces;
    }

    List<PlannedSpan> place(int number, List<WireSpan> trace) {
        double fate = random.nextDouble();
        double spread = random.nextDouble() < SCATTERED ? 60 : 3;
        List<PlannedSpan> placed = new ArrayList<>();
        for (WireSpan span : trace) {
            if (span.isRoot() && fate < NO_ROOT) {
                continue;
            }
            boolean isLate = span.isRoot() && fate < NO_ROOT + LATE_ROOT;
            double position = number + random.nextDouble() * spread + (isLate ? later() : 0);
            placed.add(new PlannedSpan(position, span));
            if (random.nextDouble() < SENT_TWICE) {
                placed.add(new PlannedSpan(position + later() * random.nextDouble(), span));
            }
        }
        return placed;
    }

    private double later() {
        return traces * (0.2 + 0.4 * random.nextDouble());
    }
}
