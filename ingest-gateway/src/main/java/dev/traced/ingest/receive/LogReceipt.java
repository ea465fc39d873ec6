package dev.traced.ingest.receive;

/**
 * What became of the log records of a request.
 *
 * @param published records that belong to a trace
 * @param uncorrelated records without a valid trace id: taken, and not kept
 * @param stale records from before the window, which were dropped
 * @param tooLarge records that do not fit into Kafka's
 * @param why what to tell the sender about those that were dropped; empty if none was
 */
public record LogReceipt(int published, int uncorrelated, int stale, int tooLarge, String why) implements Receipt {
    @Override
    public void count(IngestMetrics metrics) {
        metrics.accepted(this);
    }
}
