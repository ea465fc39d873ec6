package dev.traced.testing.verify;

import java.util.List;
import java.util.Map;

/**
 * What was done and what was wrong.
 *
 * @param workloads what was written, enough to generate it again
 * @param counts by name, such as {@code spans acknowledged} or {@code post: 503}
 * @param latencies by name: {@code post}, {@code list}, {@code detail}, {@code visible after 202}
 * @param differenceCount all wrong answers
 * @param differences the first 20 of them
 */
public record Report(
        List<String> workloads,
        Map<String, Long> counts,
        Map<String, Latencies.Summary> latencies,
        long differenceCount,
        List<Difference> differences) {

    public Report {
        workloads = List.copyOf(workloads);
        differences = List.copyOf(differences);
    }

    public boolean isClean() {
        return differenceCount == 0;
    }

    public long count(String name) {
        return counts.getOrDefault(name, 0L);
    }

    /** @throws AssertionError with the whole report when anything was wrong */
    public Report assertClean() {
        if (!isClean()) {
            throw new AssertionError(toString());
        }
        return this;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(differenceCount).append(" differences");
        workloads.forEach(workload -> text.append("\n  ").append(workload));
        counts.forEach(
                (name, count) -> text.append("\n  ").append(name).append(": ").append(count));
        latencies.forEach(
                (name, summary) -> text.append("\n  ").append(name).append(": ").append(summary));
        differences.forEach(difference -> text.append("\n  ").append(difference));
        if (differenceCount > differences.size()) {
            text.append("\n  and ").append(differenceCount - differences.size()).append(" more");
        }
        return text.toString();
    }
}
