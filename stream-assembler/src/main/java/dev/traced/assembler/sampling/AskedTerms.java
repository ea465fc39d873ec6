package dev.traced.assembler.sampling;

import dev.traced.model.SpanId;
import dev.traced.topics.SpanCursor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which of the terms that rules or a search ask for are on the spans of a trace. Takes memory for the spans that have some
 * of them only. Not thread-safe.
 */
public final class AskedTerms {
    private static final long[] NONE = {};

    private final long[] asked;
    private final boolean isReplacing;
    private final Map<SpanId, long[]> latest = new HashMap<>();
    private final Set<Long> all = new HashSet<>();

    /**
     * @param asked in any order
     * @param isReplacing whether of a span that comes twice only the later counts
     */
    public AskedTerms(long[] asked, boolean isReplacing) {
        this.asked = Arrays.stream(asked).sorted().distinct().toArray();
        this.isReplacing = isReplacing;
    }

    /** Adds the spans of a record, in the order of the topic. */
    public void add(byte[] value) {
        SpanCursor span = SpanCursor.withTerms(value);
        while (span.next()) {
            long[] found = askedOf(span);
            if (isReplacing && found.length == 0) {
                latest.remove(new SpanId(span.spanIdHigh(), span.spanIdLow()));
            } else if (isReplacing) {
                latest.put(new SpanId(span.spanIdHigh(), span.spanIdLow()), found);
            } else {
                Arrays.stream(found).forEach(all::add);
            }
        }
    }

    private long[] askedOf(SpanCursor span) {
        long[] found = NONE;
        for (int i = 0; i < span.termCount(); i++) {
            if (Arrays.binarySearch(asked, span.term(i)) >= 0) {
                found = Arrays.copyOf(found, found.length + 1);
                found[found.length - 1] = span.term(i);
            }
        }
        return found;
    }

    /** Whether all that are asked for were found. */
    public boolean hasAll() {
        return found().length == asked.length;
    }

    /** In order. */
    long[] found() {
        Set<Long> found = new HashSet<>(all);
        latest.values().forEach(ofSpan -> Arrays.stream(ofSpan).forEach(found::add));
        return found.stream().mapToLong(Long::longValue).sorted().toArray();
    }
}
