package dev.traced.model;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a {@link StatsQuery}, exact for the traces that start between these times.
 *
 * @param afterNanos inclusive, Unix nanoseconds
 * @param beforeNanos exclusive; null for no end
 * @param stepNanos how long a step is that {@link StatsQuery.By#TIME} has a line for; where it begins is a multiple of it
 * @param isComplete false if there were more names than are kept apart in a time: then a name may lack what counts under
 *     {@code (other)}
 * @param lines in the order of their keys
 */
public record StatsPage(
        long afterNanos,
        @Nullable Long beforeNanos,
        long stepNanos,
        boolean isComplete,
        TreeMap<StatsKey, StatsLine> lines) {

    /**
     * Pages of different partitions as one.
     *
     * @throws NotReadableException if they are not for the same times and steps
     */
    public static StatsPage of(List<StatsPage> pages) {
        StatsPage first = pages.get(0);
        boolean areComplete = pages.stream().allMatch(StatsPage::isComplete);
        StatsPage all =
                new StatsPage(first.afterNanos, first.beforeNanos, first.stepNanos, areComplete, new TreeMap<>());
        for (StatsPage page : pages) {
            if (page.afterNanos != first.afterNanos
                    || !Objects.equals(page.beforeNanos, first.beforeNanos)
                    || page.stepNanos != first.stepNanos) {
                throw new NotReadableException("the assembler has partitions with different windows");
            }
            for (Map.Entry<StatsKey, StatsLine> line : page.lines.entrySet()) {
                all.line(line.getKey()).add(line.getValue());
            }
        }
        return all;
    }

    /** The line of this key; a new one if there was none. */
    public StatsLine line(StatsKey key) {
        return lines.computeIfAbsent(key, missing -> new StatsLine());
    }
}
