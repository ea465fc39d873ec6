package dev.traced.testing.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Collects counts, latencies and differences from all writers and readers. Thread-safe. */
final class Findings {

    private static final int SHOWN = 20;

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Map<String, Latencies> latencies = new ConcurrentHashMap<>();
    private final List<String> workloads = new ArrayList<>();
    private final List<Difference> differences = new ArrayList<>();
    private long differenceCount;

    void count(String name) {
        count(name, 1);
    }

    void count(String name, long by) {
        counts.computeIfAbsent(name, key -> new LongAdder()).add(by);
    }

    void took(String name, long nanos) {
        latencies.computeIfAbsent(name, key -> new Latencies()).record(nanos);
    }

    synchronized void workload(String description) {
        workloads.add(description);
    }

    synchronized void differs(String subject, String expected, String actual) {
        differenceCount++;
        if (differences.size() < SHOWN) {
            differences.add(new Difference(subject, expected, actual));
        }
    }

    synchronized Report report() {
        Map<String, Long> counted = new TreeMap<>();
        counts.forEach((name, count) -> counted.put(name, count.sum()));
        Map<String, Latencies.Summary> taken = new TreeMap<>();
        latencies.forEach((name, histogram) -> taken.put(name, histogram.summary()));
        return new Report(workloads, counted, taken, differenceCount, differences);
    }
}
