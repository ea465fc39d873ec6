package dev.traced.query;

import dev.traced.model.Trait;
import dev.traced.model.TraitSample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * In what the selected traces differ from the rest.
 *
 * @param rows what differs most comes first
 * @param areTraitsLeftOut whether of some partition not all traits were counted: a row may be lacking, or its shares too low
 */
record Differences(TraitSample.Side selected, TraitSample.Side rest, List<Row> rows, boolean areTraitsLeftOut) {
    /** Many say the same: what all traces have that went through a service are all of its traits. */
    static final int MAX_ROWS = 500;

    /** About so many traces of each side are looked into. */
    private static final int SAMPLED = 1_000;

    /** Of a difference that is none, 5 in 100 samples show more than so many standard errors. */
    private static final double STANDARD_ERRORS = 1.96;

    private static final Comparator<Row> MOST_DIFFERENT_FIRST = Comparator.comparingDouble(Row::certain)
            .reversed()
            .thenComparing(Comparator.comparingDouble((Row row) -> Math.abs(row.difference()))
                    .reversed())
            .thenComparing(Row::trait);

    /**
     * A trait.
     *
     * @param certain how much it tells, 0..1: so many bits one learns of the side that a trace is on by whether it has the trait,
     *     were both sides of the same size, and their shares nearer to each other by what chance alone would do. A value that half
     *     of the selected have and none of the rest tells more than one that all have, and half of the rest too
     */
    record Row(Trait trait, Part selected, Part rest, double certain) {
        double difference() {
            return selected.share - rest.share;
        }
    }

    /**
     * Which part of a side has a trait.
     *
     * @param traces how many of those that were looked into
     * @param share of all, as far as can be told from them
     */
    record Part(long traces, double share) {}

    /**
     * How many traces of each side to look into in each partition, so that they are about {@value #SAMPLED}: some more than
     * its part, since traces are spread by chance. So a side of fewer is looked into as a whole.
     */
    static int mostOfPartition(int partitions) {
        double each = (double) SAMPLED / Math.max(1, partitions);
        return (int) Math.min(SAMPLED, Math.ceil(each + 4 * Math.sqrt(each)));
    }

    /** Samples of all partitions as one: each counts by how many traces its partition has. */
    static Differences of(List<TraitSample> samples) {
        Side selected = new Side(samples.stream().map(TraitSample::selected).toList());
        Side rest = new Side(samples.stream().map(TraitSample::rest).toList());
        boolean areTraitsLeftOut = samples.stream().anyMatch(TraitSample::areTraitsLeftOut);
        if (selected.total == 0 || rest.total == 0) {
            return new Differences(selected.sum(), rest.sum(), List.of(), areTraitsLeftOut);
        }
        Map<Trait, Tally> tallies = new HashMap<>();
        for (int partition = 0; partition < samples.size(); partition++) {
            for (Map.Entry<Trait, TraitSample.Count> trait :
                    samples.get(partition).traits().entrySet()) {
                Tally tally = tallies.computeIfAbsent(trait.getKey(), first -> new Tally());
                tally.selected.add(trait.getValue().selected(), selected.weights[partition]);
                tally.rest.add(trait.getValue().rest(), rest.weights[partition]);
            }
        }
        Map<Named, Row> rows = new HashMap<>();
        tallies.forEach((trait, tally) -> {
            Row row = row(trait, tally, selected, rest);
            if (row.certain > 0) {
                rows.merge(new Named(trait.scope(), trait.key(), trait.value()), row, Differences::tellsMore);
            }
        });
        List<Row> sorted = new ArrayList<>(rows.values());
        sorted.sort(MOST_DIFFERENT_FIRST);
        return new Differences(
                selected.sum(),
                rest.sum(),
                List.copyOf(sorted.subList(0, Math.min(MAX_ROWS, sorted.size()))),
                areTraitsLeftOut);
    }

    /** The traits of services that go by the same name are told of once. */
    private record Named(Trait.Scope scope, String key, String value) {}

    /** What differs more; if that is the same, what is of one service tells more than what is of any. */
    private static Row tellsMore(Row one, Row other) {
        return MOST_DIFFERENT_FIRST.compare(one, other) < 0 ? one : other;
    }

    private static Row row(Trait trait, Tally tally, Side selected, Side rest) {
        double ofSelected = selected.likely(tally.selected.share);
        double ofRest = rest.likely(tally.rest.share);
        double variance = selected.variance(ofSelected) + rest.variance(ofRest);
        double byChance = STANDARD_ERRORS * Math.sqrt(variance);
        double certain = 0;
        if (Math.abs(ofSelected - ofRest) > byChance) {
            double nearer = Math.copySign(byChance, ofRest - ofSelected) / variance;
            certain = divergence(
                    ofSelected + nearer * selected.variance(ofSelected), ofRest - nearer * rest.variance(ofRest));
        }
        return new Row(
                trait,
                new Part(tally.selected.traces, tally.selected.share),
                new Part(tally.rest.traces, tally.rest.share),
                certain);
    }

    /**
     * How far two shares are from each other, in bits.
     *
     * @see <a href="https://doi.org/10.1109/18.61115">Lin: Divergence measures based on the Shannon entropy (1991)</a>
     */
    private static double divergence(double one, double other) {
        return entropy((one + other) / 2) - (entropy(one) + entropy(other)) / 2;
    }

    private static double entropy(double share) {
        return share <= 0 || share >= 1
                ? 0
                : -(share * Math.log(share) + (1 - share) * Math.log1p(-share)) / Math.log(2);
    }

    /** What is known of a trait. */
    private static final class Tally {
        private final Sum selected = new Sum();
        private final Sum rest = new Sum();
    }

    private static final class Sum {
        private long traces;
        private double share;

        void add(int more, double weight) {
            traces += more;
            share += more * weight;
        }
    }

    /** The selected traces of all partitions, or the rest. */
    private static final class Side {
        private final long total;
        private final int sampled;

        /** Of a partition, the share of all traces that one that was looked into stands for. */
        private final double[] weights;

        /** As many traces that all had the same weight would tell as much. */
        private final double size;

        Side(List<TraitSample.Side> parts) {
            total = parts.stream().mapToLong(TraitSample.Side::total).sum();
            sampled = parts.stream().mapToInt(TraitSample.Side::sampled).sum();
            weights = new double[parts.size()];
            double squares = 0;
            for (int i = 0; i < weights.length; i++) {
                TraitSample.Side part = parts.get(i);
                weights[i] = part.sampled() == 0 ? 0 : (double) part.total() / part.sampled() / total;
                squares += part.sampled() * weights[i] * weights[i];
            }
            size = squares == 0 ? 0 : 1 / squares;
        }

        TraitSample.Side sum() {
            return new TraitSample.Side(total, sampled);
        }

        /**
         * What a share most likely is of more traces. One trace with and one without are added: of two that both have what
         * every second has, the share would else differ by a half.
         *
         * @see <a href="https://doi.org/10.1080/00031305.2000.10474560">Agresti, Caffo: Simple and effective confidence
         *     intervals for proportions (2000)</a>
         */
        double likely(double share) {
            return (share * size + 1) / (size + 2);
        }

        /** How far that may be from what it would be if there were more traces, squared. */
        double variance(double likely) {
            return likely * (1 - likely) / (size + 2);
        }
    }
}
