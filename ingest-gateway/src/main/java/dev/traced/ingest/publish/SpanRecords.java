package dev.traced.ingest.publish;

import dev.traced.model.Span;
import dev.traced.model.TraceId;
import dev.traced.topics.SpanEncoder;
import dev.traced.topics.Topics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The records of a batch: one per trace, in the order in which the traces first appear, with the trace's spans in the
 * order in which they arrived. A trace too large for a record becomes several.
 */
public final class SpanRecords {
    private SpanRecords() {}

    /** @throws dev.traced.topics.SpanTooLargeException if a span does not fit into a record of its own */
    public static List<ProducerRecord<byte[], byte[]>> of(List<Span> spans) {
        Map<TraceId, List<Span>> traces = byTrace(spans);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(traces.size());
        for (Map.Entry<TraceId, List<Span>> trace : traces.entrySet()) {
            byte[] key = trace.getKey().toBytes();
            for (byte[] value : SpanEncoder.encode(trace.getValue())) {
                records.add(new ProducerRecord<>(Topics.SPANS, key, value));
            }
        }
        return records;
    }

    private static Map<TraceId, List<Span>> byTrace(List<Span> spans) {
        Map<TraceId, List<Span>> traces = new LinkedHashMap<>(spans.size());
        for (Span span : spans) {
            List<Span> trace = traces.get(span.traceId());
            if (trace == null) {
                trace = new ArrayList<>(4);
                traces.put(span.traceId(), trace);
            }
            trace.add(span);
        }
        return traces;
    }
}
