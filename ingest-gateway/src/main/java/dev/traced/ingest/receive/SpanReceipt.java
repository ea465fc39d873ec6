package dev.traced.ingest.receive;

import java.util.Map;

/**
 * What became of the spans of a request.
 *
 * @param published spans in records
 * @param stale spans that began before the window, and were dropped
 * @param sampledOut spans of traces that are not in the sample, which were dropped
 * @param rejected spans that were left out, by reason; a protocol that takes a batch whole or not at all has none
 * @param why what to tell the sender about stale and rejected spans; empty if there are none
 */
public record SpanReceipt(int published, int stale, int sampledOut, Map<InvalidSpan, Integer> rejected, String why)
        implements Receipt {
    /** The header of a success that tells what became of the spans; gRPC sends it in lower case, as metadata. */
    public static final String HEADER = "Traced-Spans";

    @Override
    public void count(IngestMetrics metrics) {
        metrics.accepted(this);
    }

    /** Of a batch that is taken as a whole. */
    public static SpanReceipt whole(int published, int stale, int sampledOut) {
        return new SpanReceipt(published, stale, sampledOut, Map.of(), "");
    }

    /** What the counters call accepted: the valid spans of a request that was answered with success. */
    public int accepted() {
        return published + stale + sampledOut;
    }

    /**
     * For the answer's {@link #HEADER}: {@code accepted=98, stale=1, sampled-out=1}, of which 96 were published.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc8941#name-dictionaries">RFC 8941: dictionaries</a>
     */
    public String counts() {
        return "accepted=" + accepted() + ", stale=" + stale + ", sampled-out=" + sampledOut;
    }

    public int rejectedSpans() {
        return rejected.values().stream().mapToInt(Integer::intValue).sum();
    }
}
