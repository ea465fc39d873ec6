package dev.traced.ingest.receive;

/** What became of a request: for its sender and for the counters. */
public interface Receipt {
    /** Counts it, once everything that was not left out is in Kafka. */
    void count(IngestMetrics metrics);
}
