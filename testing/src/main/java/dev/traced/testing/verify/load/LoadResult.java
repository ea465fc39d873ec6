package dev.traced.testing.verify.load;

import dev.traced.testing.verify.Latencies;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the workers have counted so far. Thread-safe. */
final class LoadResult {

    private final LongAdder acceptedSpans = new LongAdder();
    private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
    private final Latencies posts = new Latencies();
    private final Latencies visible = new Latencies();

    void accepted(int spans, long nanos) {
        acceptedSpans.add(spans);
        posts.record(nanos);
    }

    void visible(long nanos) {
        visible.record(nanos);
    }

    /** @param kind a status or the name of what went wrong */
    void failed(String kind) {
        errors.computeIfAbsent(kind, key -> new LongAdder()).increment();
    }

    long acceptedSpans() {
        return acceptedSpans.sum();
    }

    Map<String, Long> errors() {
        Map<String, Long> counted = new TreeMap<>();
        errors.forEach((kind, count) -> counted.put(kind, count.sum()));
        return counted;
    }

    Latencies posts() {
        return posts;
    }

    Latencies visible() {
        return visible;
    }
}
