package dev.traced.testing.verify.workload;

import dev.traced.testing.verify.wire.WireSpan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Everything that will be posted, in order. The same seed, now and shape give the same workload. Immutable. */
public final class Workload {

    private final long seed;
    private final Instant now;
    private final WorkloadShape shape;
    private final List<Request> requests;

    private Workload(long seed, Instant now, WorkloadShape shape, List<Request> requests) {
        this.seed = seed;
        this.now = now;
        this.shape = shape;
        this.requests = List.copyOf(requests);
    }

    /** @param now the end of the spread; normally the clock's present */
    public static Workload generate(long seed, Instant now, WorkloadShape shape) {
        SplittableRandom random = new SplittableRandom(seed);
        TraceGenerator traces = new TraceGenerator(random.split(), now, shape);
        ArrivalOrder order = new ArrivalOrder(random.split(), shape.traces());
        List<PlannedSpan> planned = new ArrayList<>();
        for (int i = 0; i < shape.traces(); i++) {
            planned.addAll(order.place(i, traces.next(i)));
        }
        RequestPlan plan = new RequestPlan(random.split(), shape.largestBatch());
        plan.addFirstVersions(planned);
        SpanChanges changes = new SpanChanges(random.split());
        plan.addChanges(0.08, changes::change);
        plan.addChanges(0.02, changes::change);
        return new Workload(seed, now, shape, plan.requests());
    }

    public long seed() {
        return seed;
    }

    public List<Request> requests() {
        return requests;
    }

    /** Spans in all requests, duplicates included, repeated deliveries not. */
    public long spanCount() {
        return requests.stream().mapToLong(request -> request.spans().size()).sum();
    }

    /** All spans in the order of the requests: the arrival order when one writer posts them. */
    public List<WireSpan> spans() {
        return requests.stream().flatMap(request -> request.spans().stream()).toList();
    }

    /** What is needed to generate it again. */
    @Override
    public String toString() {
        return "Workload.generate(" + seed + "L, " + now + ", " + shape + ")";
    }
}
