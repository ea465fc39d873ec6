package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.traced.model.Trait;
import dev.traced.model.Trait.Scope;
import dev.traced.model.TraitSample;
import dev.traced.model.TraitSample.Count;
import dev.traced.model.TraitSample.Side;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DifferencesTest {
    private static final Trait EU = new Trait(Scope.RESOURCE, null, "cloud.region", "eu");

    private static TraitSample sample(int selected, int rest, Map<Trait, Count> traits) {
        return new TraitSample(new Side(selected, selected), new Side(rest, rest), traits);
    }

    /** Where all traces are looked into, how they lie in partitions makes no difference. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void partitions_areAsOne_whereAllIsLookedInto(long seed) {
        // Given
        Random random = new Random(seed);
        List<TraitSample> samples = new ArrayList<>();
        Map<Trait, Count> all = new HashMap<>();
        int allSelected = 0;
        int allRest = 0;
        for (int partition = 0; partition < 5; partition++) {
            int selected = random.nextInt(60);
            int rest = random.nextInt(100);
            Map<Trait, Count> traits = new HashMap<>();
            for (int i = random.nextInt(300); i > 0; i--) {
                Trait trait = new Trait(Scope.SPAN, null, "k" + random.nextInt(300), "v");
                traits.put(trait, new Count(random.nextInt(selected + 1), random.nextInt(rest + 1)));
            }
            traits.forEach((trait, count) -> all.merge(
                    trait,
                    count,
                    (one, other) -> new Count(one.selected() + other.selected(), one.rest() + other.rest())));
            samples.add(sample(selected, rest, traits));
            allSelected += selected;
            allRest += rest;
        }

        // When
        Differences differences = Differences.of(samples);

        // Then: by brute force
        Map<Trait, Double> certain = new TreeMap<>();
        for (Map.Entry<Trait, Count> trait : all.entrySet()) {
            double of = trait.getValue().selected();
            double ofRest = trait.getValue().rest();
            double p = (of + 1) / (allSelected + 2);
            double q = (ofRest + 1) / (allRest + 2);
            double ofP = p * (1 - p) / (allSelected + 2);
            double ofQ = q * (1 - q) / (allRest + 2);
            double chance = 1.96 * Math.sqrt(ofP + ofQ);
            if (Math.abs(p - q) > chance) {
                double sign = p > q ? 1 : -1;
                double nearP = p - sign * chance * ofP / (ofP + ofQ);
                double nearQ = q + sign * chance * ofQ / (ofP + ofQ);
                certain.put(trait.getKey(), bits(nearP, nearQ));
            }
        }
        List<Trait> wanted = certain.keySet().stream()
                .sorted(Comparator.comparing(certain::get).reversed())
                .limit(500)
                .toList();
        assertThat(differences.rows()).isNotEmpty();
        assertThat(differences.rows().stream().map(row -> Math.round(row.certain() * 1e9)))
                .isEqualTo(wanted.stream()
                        .map(trait -> Math.round(certain.get(trait) * 1e9))
                        .toList());
        for (Differences.Row row : differences.rows()) {
            Count count = all.get(row.trait());
            assertThat(row.selected().traces()).isEqualTo(count.selected());
            assertThat(row.selected().share()).isCloseTo((double) count.selected() / allSelected, within(1e-9));
            assertThat(row.rest().traces()).isEqualTo(count.rest());
            assertThat(row.rest().share()).isCloseTo((double) count.rest() / allRest, within(1e-9));
        }
        assertThat(differences.selected()).isEqualTo(new Side(allSelected, allSelected));
        assertThat(differences.rest()).isEqualTo(new Side(allRest, allRest));
    }

    /** What is learnt of a fair coin by what it decides: of which of two shares there is a hit. */
    private static double bits(double p, double q) {
        double told = 0;
        for (double[] outcome : new double[][] {{p, q}, {1 - p, 1 - q}}) {
            for (double share : outcome) {
                told += share == 0 ? 0 : share / 2 * Math.log(share / ((outcome[0] + outcome[1]) / 2)) / Math.log(2);
            }
        }
        return told;
    }

    /** The shares differ as much, or more; but who has the rare one is surely selected. */
    @Test
    void whatTheRestHasNot_comesBeforeWhatSomeOfItHave() {
        Trait exclusive = new Trait(Scope.SPAN, "web", "visitors", "slow");
        Map<Trait, Count> traits = Map.of(EU, new Count(290, 1_200), exclusive, new Count(240, 0));

        List<Differences.Row> rows =
                Differences.of(List.of(sample(360, 10_000, traits))).rows();

        assertThat(rows).extracting(Differences.Row::trait).containsExactly(exclusive, EU);
        assertThat(rows.get(0).difference()).isLessThan(rows.get(1).difference());
    }

    /** Of a partition with more traces those that were looked into stand for more. */
    @Test
    void sampledPartitions_countByTheirTotals() {
        TraitSample large = new TraitSample(new Side(900, 100), new Side(100, 100), Map.of(EU, new Count(100, 10)));
        TraitSample small = new TraitSample(new Side(100, 100), new Side(300, 100), Map.of(EU, new Count(50, 0)));

        Differences differences = Differences.of(List.of(large, small));

        assertThat(differences.selected()).isEqualTo(new Side(1_000, 200));
        assertThat(differences.rest()).isEqualTo(new Side(400, 200));
        Differences.Row row = differences.rows().get(0);
        assertThat(row.selected().traces()).isEqualTo(150);
        assertThat(row.selected().share()).isCloseTo(0.95, within(1e-9));
        assertThat(row.rest().traces()).isEqualTo(10);
        assertThat(row.rest().share()).isCloseTo(0.025, within(1e-9));
        assertThat(row.difference()).isCloseTo(0.925, within(1e-9));
    }

    /** A share that is told by fewer traces than it seems, since they stand for most of all, is less certain. */
    @Test
    void unevenSamples_areLessCertain() {
        Map<Trait, Count> half = Map.of(EU, new Count(50, 0));
        TraitSample even = new TraitSample(new Side(100, 100), new Side(1_000, 1_000), half);
        TraitSample uneven = new TraitSample(new Side(10_000, 100), new Side(0, 0), half);

        double certain = Differences.of(List.of(even, even)).rows().get(0).certain();
        double less = Differences.of(List.of(even, uneven)).rows().get(0).certain();

        assertThat(less).isLessThan(certain - 0.01);
    }

    @ParameterizedTest
    @CsvSource({"10, 10, false", "6, 5, false", "100, 0, true", "0, 100, true", "3, 0, false", "7, 0, true"})
    void traits_thatChanceWouldTellApart_areLeftOut(int selected, int rest, boolean isTold) {
        TraitSample sample = sample(100, 100, Map.of(EU, new Count(selected, rest)));

        assertThat(Differences.of(List.of(sample)).rows()).hasSize(isTold ? 1 : 0);
    }

    /** What few have in common, any few may have: two of all half of which have it, one of all three tenths of which have. */
    @ParameterizedTest
    @CsvSource({"1, 1, 300, false", "2, 2, 500, false", "2, 0, 500, false", "4, 3, 300, false", "5, 5, 50, true"})
    void fewTraces_tellLittle(int selected, int have, int ofRest, boolean isTold) {
        TraitSample sample = sample(selected, 1_000, Map.of(EU, new Count(have, ofRest)));

        assertThat(Differences.of(List.of(sample)).rows()).hasSize(isTold ? 1 : 0);
    }

    @Test
    void nothingToCompareWith_tellsNothing() {
        assertThat(Differences.of(List.of(sample(5, 0, Map.of(EU, new Count(5, 0)))))
                        .rows())
                .isEmpty();
        assertThat(Differences.of(List.of(sample(0, 5, Map.of(EU, new Count(0, 5)))))
                        .rows())
                .isEmpty();
    }

    /** Where only one service has it, that is said; where several have, what differs most. */
    @Test
    void traitsOfOneName_areToldOnce() {
        Map<Trait, Count> traits = new HashMap<>();
        traits.put(EU, new Count(90, 10));
        traits.put(new Trait(Scope.RESOURCE, "cart", "cloud.region", "eu"), new Count(50, 10));
        traits.put(new Trait(Scope.RESOURCE, "shop", "cloud.region", "eu"), new Count(80, 9));
        traits.put(new Trait(Scope.SPAN, null, "card", "visa"), new Count(60, 1));
        traits.put(new Trait(Scope.SPAN, "payment", "card", "visa"), new Count(60, 1));

        List<Trait> told = Differences.of(List.of(sample(100, 100, traits))).rows().stream()
                .map(Differences.Row::trait)
                .toList();

        assertThat(told).containsExactly(EU, new Trait(Scope.SPAN, "payment", "card", "visa"));
    }

    /** If only of one partition, and also where there is nothing to compare with. */
    @Test
    void traitsThatWereLeftOut_areSaid() {
        Map<Trait, Count> half = Map.of(EU, new Count(50, 0));
        TraitSample whole = sample(100, 100, half);
        TraitSample part = new TraitSample(new Side(100, 100), new Side(100, 100), half, true);
        TraitSample alone = new TraitSample(new Side(100, 100), new Side(0, 0), half, true);

        assertThat(Differences.of(List.of(whole, whole)).areTraitsLeftOut()).isFalse();
        assertThat(Differences.of(List.of(whole, part)).areTraitsLeftOut()).isTrue();
        assertThat(Differences.of(List.of(alone)).areTraitsLeftOut()).isTrue();
    }

    @Test
    void rows_areFiveHundredAtMost() {
        Map<Trait, Count> traits = new HashMap<>();
        IntStream.range(0, 550).forEach(i -> traits.put(new Trait(Scope.SPAN, null, "k" + i, ""), new Count(50, 0)));

        assertThat(Differences.of(List.of(sample(50, 50, traits))).rows()).hasSize(500);
    }

    @ParameterizedTest
    @CsvSource({"1, 1000", "4, 314", "32, 54", "1000, 5", "0, 1000"})
    void partitions_shareTheSample(int partitions, int most) {
        assertThat(Differences.mostOfPartition(partitions)).isEqualTo(most);
    }
}
