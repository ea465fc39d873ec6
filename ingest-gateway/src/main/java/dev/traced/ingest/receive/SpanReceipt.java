package dev.traced.ingest.receive;

import java.util.Map;

/**
 * What became of the spans of a request.
 *
 * @param published spans in records
 * @param stale spans that began before the window, and were dropped
 * @param rejected spans that were left out, by reason; a protocol that takes a batch whole or not at all has none
 * @param why what to tell the sender about stale and rejected spans; empty if there are none
 */
public record SpanReceipt(int published, int stale, Map<InvalidSpan, Integer> rejected, String why) implements Receipt {
    @Override
    public void count(IngestMetrics metrics) {
        metrics.accepted(this);
    }

    /** Of a batch that is taken as a whole. */
    public static SpanReceipt whole(int published, int stale) {
        return new SpanReceipt(published, stale, Map.of(), "");
    }

    public int rejectedSpans() {
        return rejected.values().stream().mapToInt(Integer::intValue).sum();
    }
}
