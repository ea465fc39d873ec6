package dev.traced.assembler.stats;

import dev.traced.model.TraceShape;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What statistics count of a trace that has closed: follows from its spans and from when it closed alone. Immutable. */
public final class CountedTrace {
    /** A trace that starts so much later than it closed has a time that no clock tells. */
    private static final long FUTURE_NANOS = TimeUnit.HOURS.toNanos(1);

    private final long startNanos;
    private final boolean isFuture;
    private final String[] services;
    private final String[] operations;
    private final @Nullable String[] callers;
    private final long[] durations;
    private final boolean[] errors;

    /**
     * @param spans of the trace, its shape built
     * @param closedAtMs Unix milliseconds
     */
    public CountedTrace(TraceShape.Builder spans, long closedAtMs) {
        Collection<TraceShape.Node> nodes = spans.spans();
        services = new String[nodes.size()];
        operations = new String[nodes.size()];
        callers = new String[nodes.size()];
        durations = new long[nodes.size()];
        errors = new boolean[nodes.size()];
        long earliestRoot = Long.MAX_VALUE;
        long newest = Long.MIN_VALUE;
        boolean hasRoot = false;
        int i = 0;
        for (TraceShape.Node span : nodes) {
            TraceShape.Node parent = span.parent();
            services[i] = span.service();
            operations[i] = span.operation();
            callers[i] = parent == null || parent.service().equals(span.service()) ? null : parent.service();
            durations[i] = duration(span.startNanos(), span.endNanos());
            errors[i] = span.isError();
            newest = Math.max(newest, span.startNanos());
            if (span.isRoot()) {
                hasRoot = true;
                earliestRoot = Math.min(earliestRoot, span.startNanos());
            }
            i++;
        }
        startNanos = hasRoot ? earliestRoot : newest;
        isFuture = isFuture(startNanos, closedAtMs);
    }

    /** Whether what starts then and closed at that time is dated ahead too far to have a time of its own. */
    public static boolean isFuture(long startNanos, long closedAtMs) {
        return startNanos > TimeUnit.MILLISECONDS.toNanos(closedAtMs) + FUTURE_NANOS;
    }

    /** A span that ends before it starts took no time; one that took longer than a clock can tell, as long as it can. */
    private static long duration(long start, long end) {
        if (end <= start) {
            return 0;
        }
        long duration = end - start;
        return duration < 0 ? Long.MAX_VALUE : duration;
    }

    /** When its root started, or of a trace without one the newest span: Unix nanoseconds. */
    long startNanos() {
        return startNanos;
    }

    public boolean isFuture() {
        return isFuture;
    }

    public int spans() {
        return services.length;
    }

    public String service(int span) {
        return services[span];
    }

    String operation(int span) {
        return operations[span];
    }

    /** The service that called the span's; null if its parent is of the same service, or not there. */
    @Nullable
    String caller(int span) {
        return callers[span];
    }

    public long durationNanos(int span) {
        return durations[span];
    }

    public boolean isError(int span) {
        return errors[span];
    }
}
