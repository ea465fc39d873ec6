package dev.traced.tracer.instrument.kafka;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.Spliterators;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** What was polled; who goes through it is in the span of the record that they are at. */
final class TracedRecords<K, V> extends ConsumerRecords<K, V> {
    private final RecordInProcess inProcess;

    TracedRecords(ConsumerRecords<K, V> polled, RecordInProcess inProcess) {
        super(byPartition(polled), polled.nextOffsets());
        this.inProcess = inProcess;
    }

    private static <K, V> Map<TopicPartition, List<ConsumerRecord<K, V>>> byPartition(ConsumerRecords<K, V> polled) {
        Map<TopicPartition, List<ConsumerRecord<K, V>>> records =
                new LinkedHashMap<>(); // in the order they were polled in
        polled.partitions().forEach(partition -> records.put(partition, polled.records(partition)));
        return records;
    }

    @Override
    public Iterator<ConsumerRecord<K, V>> iterator() {
        return traced(super.iterator());
    }

    @Override
    public Iterable<ConsumerRecord<K, V>> records(String topic) {
        Iterable<ConsumerRecord<K, V>> records = super.records(topic);
        return () -> traced(records.iterator());
    }

    @Override
    public List<ConsumerRecord<K, V>> records(TopicPartition partition) {
        return new TracedList<>(super.records(partition), this::traced);
    }

    /** Of a stream, which may be on any thread: untraced, as those of {@link TracedList}. */
    @Override
    public Spliterator<ConsumerRecord<K, V>> spliterator() {
        return Spliterators.spliteratorUnknownSize(super.iterator(), Spliterator.ORDERED);
    }

    private Iterator<ConsumerRecord<K, V>> traced(Iterator<ConsumerRecord<K, V>> records) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                boolean more = records.hasNext();
                if (!more) {
                    inProcess.end();
                }
                return more;
            }

            @Override
            public ConsumerRecord<K, V> next() {
                inProcess.end();
                ConsumerRecord<K, V> record = records.next();
                inProcess.begin(record);
                return record;
            }
        };
    }
}
