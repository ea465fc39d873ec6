package dev.traced.assembler.trace;

import dev.traced.model.SpanId;
import dev.traced.topics.SpanCursor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The terms of all spans of a trace, each as it came last: for a trace in which a span was replaced. */
public final class SpanTerms {
    private final Map<SpanId, long[]> latest = new HashMap<>();

    /** Adds the spans of a record, in the order of the topic. */
    public void add(byte[] value) {
        SpanCursor span = SpanCursor.withTerms(value);
        while (span.next()) {
            long[] terms = new long[span.termCount()];
            Arrays.setAll(terms, span::term);
            latest.put(new SpanId(span.spanIdHigh(), span.spanIdLow()), terms);
        }
    }

    /** All of them together. */
    public TermSet set() {
        TermSet set = new TermSet();
        for (long[] terms : latest.values()) {
            for (long term : terms) {
                set.add(term);
            }
        }
        return set;
    }
}
