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
public record Receipt(int published, int stale, Map<InvalidSpan, Integer> rejected, String why) {
    /** Of a batch that is taken as a whole. */
    public static Receipt whole(int published, int stale) {
        return new Receipt(published, stale, Map.of(), "");
    }

    public int rejectedSpans() {
        return rejected.values().stream().mapToInt(Integer::intValue).sum();
    }
}
