package dev.traced.testing.verify;

import dev.traced.testing.verify.wire.ListedTrace;
import dev.traced.testing.verify.wire.WireSpan;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What one trace looks like after some spans have arrived. Recomputed from all of them at every question: slow and obvious. */
final class TraceState {

    static final Comparator<WireSpan> BY_START_THEN_ID =
            Comparator.comparingLong(WireSpan::startTimeNanos).thenComparing(WireSpan::spanId);

    private final Map<String, WireSpan> latestById = new HashMap<>();

    /** The later arrival replaces the earlier. */
    void arrive(WireSpan span) {
        latestById.put(span.spanId(), span);
    }

    Optional<ListedTrace> listed() {
        return root().map(root -> new ListedTrace(
                root.traceId(),
                root.service(),
                root.operation(),
                root.startTimeNanos(),
                TimeUnit.NANOSECONDS.toMillis(root.endTimeNanos() - root.startTimeNanos()),
                latestById.size(),
                spans().stream().anyMatch(WireSpan::isError) ? WireSpan.ERROR : WireSpan.OK));
    }

    List<WireSpan> detail() {
        return spans().stream().sorted(BY_START_THEN_ID).toList();
    }

    /** The root's start; without a root the newest start. */
    long visibleBy() {
        return root().map(WireSpan::startTimeNanos).orElseGet(() -> spans().stream()
                .mapToLong(WireSpan::startTimeNanos)
                .max()
                .orElse(Long.MIN_VALUE));
    }

    private Optional<WireSpan> root() {
        return spans().stream().filter(WireSpan::isRoot).min(BY_START_THEN_ID);
    }

    private Collection<WireSpan> spans() {
        return latestById.values();
    }
}
