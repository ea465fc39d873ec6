package dev.traced.ingest.receive;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What a body comes to: the records to publish, and what to tell the sender and the counters once they are in Kafka. */
public record Received<R extends Receipt>(List<ProducerRecord<byte[], byte[]>> records, R receipt) {}
