package dev.traced.query;

import dev.traced.topics.Topics;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.internals.KafkaFutureImpl;

/** As much of a broker as {@link EndOffsets} asks: topic spans with some partitions, and how far each reaches. */
final class FakeAdmin implements InvocationHandler {
    private final Map<Integer, Long> ends = new ConcurrentHashMap<>();
    private final List<Question> questions = new CopyOnWriteArrayList<>();
    private volatile boolean isHeld;
    private volatile RuntimeException failure;

    /** A question under way; it is answered with the ends as they were when it was asked. */
    private static final class Question {
        final KafkaFutureImpl<Map<TopicPartition, ListOffsetsResultInfo>> answer = new KafkaFutureImpl<>();
        Map<TopicPartition, ListOffsetsResultInfo> ends = Map.of();
    }

    FakeAdmin(int partitions) {
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(partition, 0L);
        }
    }

    Admin admin() {
        return (Admin) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Admin.class}, this);
    }

    /** The topic now holds so many records in this partition. */
    void holds(int partition, long records) {
        ends.put(partition, records);
    }

    /** From here on questions stay under way until answered by hand. */
    void hold() {
        isHeld = true;
    }

    void failWith(RuntimeException cause) {
        failure = cause;
    }

    int asked() {
        return questions.size();
    }

    void answer(int question) {
        Question asked = questions.get(question);
        asked.answer.complete(asked.ends);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) {
        if (failure != null) {
            throw failure;
        }
        return switch (method.getName()) {
            case "describeTopics" -> new Described(KafkaFuture.completedFuture(topic()));
            case "listOffsets" -> list();
            case "close" -> null;
            default -> throw new UnsupportedOperationException(method.toString());
        };
    }

    private TopicDescription topic() {
        List<TopicPartitionInfo> partitions = new ArrayList<>();
        ends.keySet()
                .forEach(partition -> partitions.add(new TopicPartitionInfo(partition, null, List.of(), List.of())));
        return new TopicDescription(Topics.SPANS, false, partitions);
    }

    private ListOffsetsResult list() {
        Question question = new Question();
        Map<TopicPartition, ListOffsetsResultInfo> now = new HashMap<>();
        ends.forEach((partition, end) -> now.put(
                new TopicPartition(Topics.SPANS, partition), new ListOffsetsResultInfo(end, -1, Optional.empty())));
        question.ends = now;
        questions.add(question);
        if (!isHeld) {
            question.answer.complete(now);
        }
        return new Listed(question.answer);
    }

    private static final class Described extends DescribeTopicsResult {
        Described(KafkaFuture<TopicDescription> topic) {
            super(null, Map.of(Topics.SPANS, topic));
        }
    }

    private static final class Listed extends ListOffsetsResult {
        private final KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> all;

        Listed(KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> all) {
            super(Map.of());
            this.all = all;
        }

        @Override
        public KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> all() {
            return all;
        }
    }
}
