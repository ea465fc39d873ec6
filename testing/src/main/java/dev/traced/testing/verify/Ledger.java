package dev.traced.testing.verify;

import dev.traced.testing.verify.wire.WireSpan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What was sent and what was acknowledged, in order. Writers add to it, readers take a {@link Sighting} before they ask the
 * server and hold the answer against it. Thread-safe: one lock.
 */
final class Ledger {

    private final Map<String, Entry> traces = new HashMap<>();
    private final List<String> readable = new ArrayList<>();
    private final List<WireSpan> arrivals = new ArrayList<>();
    private long sequence;

    synchronized void sent(List<WireSpan> spans) {
        for (WireSpan span : spans) {
            traces.computeIfAbsent(span.traceId(), Entry::new).history.sent(span);
        }
        update(spans);
    }

    synchronized void acknowledged(List<WireSpan> spans) {
        for (WireSpan span : spans) {
            Entry entry = traces.computeIfAbsent(span.traceId(), Entry::new);
            entry.history.acknowledged(span);
            if (!entry.isReadable) {
                entry.isReadable = true;
                readable.add(span.traceId());
            }
        }
        arrivals.addAll(spans);
        update(spans);
    }

    private void update(List<WireSpan> spans) {
        Set<String> touched = new LinkedHashSet<>();
        spans.forEach(span -> touched.add(span.traceId()));
        for (String traceId : touched) {
            Entry entry = traces.computeIfAbsent(traceId, Entry::new);
            if (!entry.history.isSurelyRooted()) {
                entry.rootedSince = Entry.NEVER;
            } else if (entry.rootedSince == Entry.NEVER) {
                entry.rootedSince = ++sequence;
            }
        }
    }

    /** Acknowledged spans in the order of their acknowledgement. */
    synchronized List<WireSpan> arrivals() {
        return List.copyOf(arrivals);
    }

    /** Traces with at least one acknowledged span. */
    synchronized List<String> readable() {
        return List.copyOf(readable);
    }

    synchronized Optional<String> anyReadable(RandomGenerator random) {
        return readable.isEmpty() ? Optional.empty() : Optional.of(readable.get(random.nextInt(readable.size())));
    }

    synchronized Sighting sight(String traceId) {
        Entry entry = entry(traceId);
        return new Sighting(traceId, entry.history.acknowledgedVersions(), entry.history.listedAt());
    }

    /** What is wrong with a detail asked for after this sighting. */
    synchronized Optional<Difference> contradiction(Sighting sighting, List<WireSpan> actual) {
        return entry(sighting.traceId()).history.contradiction(sighting.acknowledged(), actual);
    }

    /** Whether the trace has to be answered by a server whose oldest visible start this is. */
    synchronized boolean isSurelyVisible(String traceId, long oldestVisible) {
        return entry(traceId).history.oldestStart() >= oldestVisible;
    }

    /** Whether nothing was sent since the sighting that could have moved the trace in the list. */
    synchronized boolean isStillListed(Sighting sighting) {
        return entry(sighting.traceId()).history.listedAt().equals(sighting.listedAt());
    }

    synchronized int sentSpans(String traceId) {
        return entry(traceId).history.sentSpans();
    }

    /** A point in time for {@link #surelyListed}. */
    synchronized long sequence() {
        return sequence;
    }

    /** How many traces have been listed without interruption since that point, and are visible still. */
    synchronized long surelyListed(long since, long oldestVisible) {
        return traces.values().stream()
                .filter(entry -> entry.rootedSince <= since && entry.history.oldestStart() >= oldestVisible)
                .count();
    }

    private Entry entry(String traceId) {
        Entry entry = traces.get(traceId);
        if (entry == null) {
            throw new IllegalArgumentException("no span of trace " + traceId + " was sent");
        }
        return entry;
    }

    /** What was known of a trace at one moment: anything asked later must show at least this. */
    record Sighting(String traceId, Map<String, Integer> acknowledged, OptionalLong listedAt) {}

    private static final class Entry {
        static final long NEVER = Long.MAX_VALUE;

        final TraceHistory history;
        boolean isReadable;
        long rootedSince = NEVER;

        Entry(String traceId) {
            this.history = new TraceHistory(traceId);
        }
    }
}
