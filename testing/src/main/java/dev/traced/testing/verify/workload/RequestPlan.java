package dev.traced.testing.verify.workload;

import static java.util.Objects.requireNonNull;

import dev.traced.testing.verify.wire.WireSpan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Cuts spans into requests. First come all first versions, in the order of their positions; then each round of changes
 * adds requests that lie behind every request with an earlier version of their spans, and say so.
 *
 * <pre>
 * position   0     1     2     3  ...  r+gap
 *           [a b] [c d] [a e] [f] ... [a']      a' after {0, 2}
 * </pre>
 */
final class RequestPlan {

    private static final double REPEATED = 0.05;
    private static final int LARGEST_CHANGE_BATCH = 30;
    private static final int WIDEST_GAP = 100;

    private final SplittableRandom random;
    private final int largestBatch;
    private final List<Slot> slots = new ArrayList<>();
    private final Map<SpanKey, Latest> latest = new LinkedHashMap<>();

    RequestPlan(SplittableRandom random, int largestBatch) {
        this.random = random;
        this.largestBatch = largestBatch;
    }

    void addFirstVersions(List<PlannedSpan> planned) {
        List<WireSpan> inOrder = planned.stream()
                .sorted(Comparator.comparingDouble(PlannedSpan::position))
                .map(PlannedSpan::span)
                .toList();
        int from = 0;
        while (from < inOrder.size()) {
            int to = Math.min(inOrder.size(), from + batchSize());
            Slot slot = new Slot(slots.size(), inOrder.subList(from, to), List.of());
            slots.add(slot);
            slot.spans.forEach(
                    span -> latest.computeIfAbsent(SpanKey.of(span), key -> new Latest(span, new ArrayList<>()))
                            .in
                            .add(slot));
            from = to;
        }
    }

    /** Sends this share of all spans once more, changed. */
    void addChanges(double share, UnaryOperator<WireSpan> change) {
        List<Latest> changed = new ArrayList<>();
        for (Latest version : latest.values()) {
            if (random.nextDouble() < share) {
                changed.add(version);
            }
        }
        changed.sort(Comparator.comparingDouble(Latest::position));
        int from = 0;
        while (from < changed.size()) {
            int size = Math.min(largestBatch, random.nextInt(1, LARGEST_CHANGE_BATCH + 1));
            int to = Math.min(changed.size(), from + size);
            addChangeRequest(changed.subList(from, to), change);
            from = to;
        }
    }

    private void addChangeRequest(List<Latest> earlier, UnaryOperator<WireSpan> change) {
        List<WireSpan> spans = earlier.stream().map(Latest::span).map(change).toList();
        List<Slot> after =
                earlier.stream().flatMap(version -> version.in.stream()).toList();
        double lastPosition =
                after.stream().mapToDouble(slot -> slot.position).max().orElseThrow();
        // A gap, so that writers rarely have to wait for the acknowledgement they depend on.
        Slot slot = new Slot(lastPosition + 0.5 + random.nextInt(WIDEST_GAP), spans, after);
        slots.add(slot);
        spans.forEach(span -> latest.put(SpanKey.of(span), new Latest(span, List.of(slot))));
    }

    List<Request> requests() {
        List<Slot> inOrder = new ArrayList<>(slots);
        inOrder.sort(Comparator.comparingDouble(slot -> slot.position));
        Map<Slot, Integer> numbers = new HashMap<>();
        List<Request> requests = new ArrayList<>();
        for (Slot slot : inOrder) {
            int number = requests.size();
            numbers.put(slot, number);
            Set<Integer> after = new TreeSet<>();
            slot.after.forEach(earlier -> after.add(requireNonNull(numbers.get(earlier))));
            requests.add(new Request(number, slot.spans, after, delivery()));
        }
        return requests;
    }

    private int batchSize() {
        double roll = random.nextDouble();
        if (roll < 0.15) {
            return 1;
        }
        if (roll < 0.6) {
            return random.nextInt(1, Math.min(20, largestBatch) + 1);
        }
        return roll < 0.92 ? random.nextInt(1, largestBatch + 1) : largestBatch;
    }

    private Delivery delivery() {
        double roll = random.nextDouble();
        if (roll < REPEATED) {
            return Delivery.AGAIN;
        }
        return roll < 2 * REPEATED ? Delivery.TWICE_AT_ONCE : Delivery.ONCE;
    }

    private record SpanKey(String traceId, String spanId) {
        static SpanKey of(WireSpan span) {
            return new SpanKey(span.traceId(), span.spanId());
        }
    }

    /** The newest version of a span and every request that carries it. */
    private record Latest(WireSpan span, List<Slot> in) {
        double position() {
            return in.stream().mapToDouble(slot -> slot.position).max().orElseThrow();
        }
    }

    /** A request before it has a number. Compared by identity. */
    private static final class Slot {
        final double position;
        final List<WireSpan> spans;
        final List<Slot> after;

        Slot(double position, List<WireSpan> spans, List<Slot> after) {
            this.position = position;
            this.spans = spans;
            this.after = after;
        }
    }
}
