package dev.traced.assembler.store;

import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.TraceId;
import dev.traced.model.Trait;
import dev.traced.model.TraitSample;
import dev.traced.topics.SpanTraits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks into the traces of samples and counts their traits. Bounded in all: of traces that take very much fewer are looked
 * into than were drawn, and traits beyond the first ones are left out; what is common is among the first. That some are left
 * out is said in the sample. Not thread-safe.
 */
final class TraitCounter {
    /** So many traits are kept apart. */
    static final int MAX_TRAITS = 40_000;

    /** And so many characters of them. */
    private static final int MAX_CHARACTERS = 4 << 20;

    /** Of a single trace so much is looked at, in bytes of its records. */
    static final long MAX_TRACE_BYTES = 1 << 20;

    /** Of all together so much for each that may be looked into on either side. */
    static final long BYTES_A_TRACE = 64 << 10;

    private final RocksRows.View view;
    private final Chunks chunks;
    private final long deadlineNanos;
    private final Map<Trait, Tally> tallies = new HashMap<>();
    private int characters;
    private int looked;
    private boolean areTraitsLeftOut;

    /** How many traces have a trait, and which was the last. */
    private static final class Tally {
        private int selected;
        private int rest;
        private int last;
    }

    /** @param deadlineNanos of {@link System#nanoTime} */
    TraitCounter(RocksRows.View view, long deadlineNanos) {
        this.view = view;
        this.chunks = new Chunks(view);
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * Looks into the traces of both samples by turns, so that what they may take is shared.
     *
     * @param most how many a sample can have
     */
    TraitSample count(SampleCollector drawn, int most) {
        List<TraceId> selected = drawn.selected().traces();
        List<TraceId> rest = drawn.rest().traces();
        long bytesLeft = most * BYTES_A_TRACE;
        int turn = 0;
        for (; turn < Math.max(selected.size(), rest.size()) && (turn == 0 || bytesLeft > 0); turn++) {
            TraceSearch.requireTime(deadlineNanos);
            if (turn < selected.size()) {
                bytesLeft -= look(selected.get(turn), true);
            }
            if (turn < rest.size()) {
                bytesLeft -= look(rest.get(turn), false);
            }
        }
        Map<Trait, TraitSample.Count> counts = new HashMap<>();
        tallies.forEach((trait, tally) -> counts.put(trait, new TraitSample.Count(tally.selected, tally.rest)));
        return new TraitSample(
                new TraitSample.Side(drawn.selected().total(), Math.min(turn, selected.size())),
                new TraitSample.Side(drawn.rest().total(), Math.min(turn, rest.size())),
                counts,
                areTraitsLeftOut);
    }

    /** @return the bytes that were looked at */
    private long look(TraceId traceId, boolean isSelected) {
        looked++;
        TraceHead head = view.head(traceId);
        if (head == null) {
            return 0;
        }
        List<byte[]> values = values(traceId, head);
        try {
            SpanTraits.read(values, trait -> add(trait, isSelected));
        } catch (IllegalArgumentException e) {
            // A record that no parser takes was written past the gateway; the other traces are still to be told of.
            areTraitsLeftOut = true;
        }
        return values.stream().mapToLong(value -> value.length).sum();
    }

    /** The first ones of a trace that is too large. */
    private List<byte[]> values(TraceId traceId, TraceHead head) {
        TraceValues all = chunks.values(traceId, head, MAX_TRACE_BYTES);
        if (!all.isTooLarge()) {
            return List.copyOf(all.values());
        }
        areTraitsLeftOut = true;
        List<byte[]> values = new ArrayList<>();
        long bytes = 0;
        for (byte[] key : chunks.keys(traceId, head)) {
            byte[] value = bytes < MAX_TRACE_BYTES ? chunks.value(key) : null;
            if (value != null) {
                values.add(value);
                bytes += value.length;
            }
        }
        return values;
    }

    private void add(Trait trait, boolean isSelected) {
        Tally tally = tallies.get(trait);
        if (tally == null) {
            if (tallies.size() == MAX_TRAITS || characters > MAX_CHARACTERS) {
                areTraitsLeftOut = true;
                return;
            }
            tally = new Tally();
            tallies.put(trait, tally);
            characters += trait.length();
        }
        if (tally.last != looked) {
            tally.last = looked;
            tally.selected += isSelected ? 1 : 0;
            tally.rest += isSelected ? 0 : 1;
        }
    }
}
