package dev.traced.model;

import java.util.Map;

/**
 * Which traits some of the traces of a partition have, chosen at random: of the selected ones, and of the rest.
 *
 * @param traits how many of those that were looked into have each
 * @param areTraitsLeftOut whether some of what these traces have is not counted: a trait may be lacking, or have too few
 */
public record TraitSample(Side selected, Side rest, Map<Trait, Count> traits, boolean areTraitsLeftOut) {
    /** One in which every trait is counted. */
    public TraitSample(Side selected, Side rest, Map<Trait, Count> traits) {
        this(selected, rest, traits, false);
    }

    /**
     * @param total how many traces there are
     * @param sampled how many of them were looked into
     */
    public record Side(long total, int sampled) {}

    /** Traces that have a trait. */
    public record Count(int selected, int rest) {}
}
