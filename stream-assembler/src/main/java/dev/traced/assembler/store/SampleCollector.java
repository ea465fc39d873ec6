package dev.traced.assembler.store;

import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Counts what is found, the selection and the rest, and keeps a sample of each: those with the lowest {@link Lot}s. */
final class SampleCollector implements SearchCollector {
    private final Sample selected;
    private final Sample rest;

    /** @param most so many of each */
    SampleCollector(int most) {
        this.selected = new Sample(most);
        this.rest = new Sample(most);
    }

    /** Of a set of traces that are told of one by one. */
    static final class Sample {
        private record Drawn(long lot, TraceId traceId) {}

        private static final Comparator<Drawn> LOWEST_FIRST = ((Comparator<Drawn>)
                        (one, other) -> Long.compareUnsigned(one.lot, other.lot))
                .thenComparing(Drawn::traceId);

        private final int most;
        private final PriorityQueue<Drawn> lowest = new PriorityQueue<>(LOWEST_FIRST.reversed());
        private long highest;
        private long total;

        Sample(int most) {
            this.most = most;
        }

        /** Counts a trace; whether it is to be {@link #add}ed. */
        boolean isIn(long lot) {
            total++;
            return lowest.size() < most || Long.compareUnsigned(lot, highest) <= 0;
        }

        void add(long lot, TraceId traceId) {
            lowest.add(new Drawn(lot, traceId));
            if (lowest.size() > most) {
                lowest.poll();
            }
            highest = lowest.element().lot;
        }

        /** How many traces there are. */
        long total() {
            return total;
        }

        /** In the order of their lots: the first ones are a sample, too. */
        List<TraceId> traces() {
            return lowest.stream().sorted(LOWEST_FIRST).map(Drawn::traceId).toList();
        }
    }

    @Override
    public void indexed(SearchBucket bucket, int ordinal, boolean isSelected) {
        Sample sample = isSelected ? selected : rest;
        long lot = bucket.lot(ordinal);
        if (sample.isIn(lot)) {
            sample.add(lot, bucket.id(ordinal));
        }
    }

    @Override
    public void confirmed(Indexed trace, boolean isSelected) {
        add(trace.traceId(), isSelected);
    }

    @Override
    public void listed(TraceSummary trace, boolean isSelected) {
        add(trace.traceId(), isSelected);
    }

    private void add(TraceId traceId, boolean isSelected) {
        Sample sample = isSelected ? selected : rest;
        long lot = Lot.of(traceId);
        if (sample.isIn(lot)) {
            sample.add(lot, traceId);
        }
    }

    Sample selected() {
        return selected;
    }

    Sample rest() {
        return rest;
    }
}
