package dev.traced.testing.verify;

import dev.traced.testing.verify.wire.WireSpan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every version of every span of one trace that was sent, and which of them is acknowledged. While requests are in flight
 * a span may show any version from the acknowledged one on. Not thread-safe: {@link Ledger} guards it.
 */
final class TraceHistory {

    private final String traceId;
    private final Map<String, Versions> spans = new HashMap<>();
    private long oldestStart = Long.MAX_VALUE;

    TraceHistory(String traceId) {
        this.traceId = traceId;
    }

    void sent(WireSpan span) {
        spans.computeIfAbsent(span.spanId(), id -> new Versions()).sent(span);
        oldestStart = Math.min(oldestStart, span.startTimeNanos());
    }

    void acknowledged(WireSpan span) {
        Versions versions = spans.computeIfAbsent(span.spanId(), id -> new Versions());
        versions.acknowledged = Math.max(versions.acknowledged, versions.sent.lastIndexOf(span));
    }

    /** The index of the acknowledged version of each acknowledged span. */
    Map<String, Integer> acknowledgedVersions() {
        Map<String, Integer> indexes = new HashMap<>();
        spans.forEach((id, versions) -> {
            if (versions.acknowledged >= 0) {
                indexes.put(id, versions.acknowledged);
            }
        });
        return indexes;
    }

    /** Of any version of any span: while this is visible, the trace is, whichever of them is its root. */
    long oldestStart() {
        return oldestStart;
    }

    /** Whether some acknowledged span is a root in whichever version it shows. */
    boolean isSurelyRooted() {
        return spans.values().stream()
                .anyMatch(versions ->
                        versions.acknowledged >= 0 && versions.possible().allMatch(WireSpan::isRoot));
    }

    /** The start time under which the trace is surely listed; empty while the root may be one or another. */
    OptionalLong listedAt() {
        if (!isSurelyRooted()) {
            return OptionalLong.empty();
        }
        long[] starts = spans.values().stream()
                .flatMap(Versions::possible)
                .filter(WireSpan::isRoot)
                .mapToLong(WireSpan::startTimeNanos)
                .distinct()
                .toArray();
        return starts.length == 1 ? OptionalLong.of(starts[0]) : OptionalLong.empty();
    }

    int sentSpans() {
        return spans.size();
    }

    /** What is wrong with a detail that was asked for when these versions were acknowledged. */
    Optional<Difference> contradiction(Map<String, Integer> acknowledged, List<WireSpan> actual) {
        Set<String> missing = new HashSet<>(acknowledged.keySet());
        Set<String> seen = new HashSet<>();
        WireSpan previous = null;
        for (WireSpan span : actual) {
            String fault = fault(acknowledged, previous, span);
            if (fault != null) {
                return differs(fault, span.toString());
            }
            if (!seen.add(span.spanId())) {
                return differs("each span once", span.spanId() + " twice");
            }
            missing.remove(span.spanId());
            previous = span;
        }
        if (!missing.isEmpty()) {
            return differs(
                    "all " + acknowledged.size() + " acknowledged spans",
                    actual.size() + " spans, without " + missing.size() + " such as "
                            + missing.iterator().next());
        }
        return Optional.empty();
    }

    private @Nullable String fault(Map<String, Integer> acknowledged, @Nullable WireSpan previous, WireSpan span) {
        if (previous != null && TraceState.BY_START_THEN_ID.compare(previous, span) > 0) {
            return "order by start_time, then span_id, so not after " + previous;
        }
        Versions versions = spans.get(span.spanId());
        if (versions == null) {
            return "no such span, it was never sent";
        }
        int version = versions.sent.lastIndexOf(span);
        if (version < 0) {
            return "a version that was sent: " + versions.sent;
        }
        int oldest = acknowledged.getOrDefault(span.spanId(), 0);
        return version < oldest ? "the replacement " + versions.sent.get(oldest) : null;
    }

    private Optional<Difference> differs(String expected, String actual) {
        return Optional.of(new Difference("detail of " + traceId + " while writing", expected, actual));
    }

    /** The versions of one span in the order they were sent. */
    private static final class Versions {
        final List<WireSpan> sent = new ArrayList<>(1);
        int acknowledged = -1;

        void sent(WireSpan span) {
            // A changed version is only sent after all requests with the last one: equal to the last or new.
            if (sent.isEmpty() || !sent.get(sent.size() - 1).equals(span)) {
                sent.add(span);
            }
        }

        Stream<WireSpan> possible() {
            return sent.stream().skip(Math.max(0, acknowledged));
        }
    }
}
