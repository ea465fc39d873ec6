package dev.traced.assembler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.topics.Topics;
import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.internals.CoordinatorKey;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSettledOffsetsTest {
    private static final String GROUP = "assembler";
    private static final TopicPartition SPANS = new TopicPartition(Topics.SPANS, 3);

    /** A committed offset is that of the next record: the one before it is the last that is settled. */
    @ParameterizedTest(name = "committed {0}, earliest {1}")
    @CsvSource(value = {"none,0,-1", "none,40,39", "0,0,-1", "1,0,0", "17,0,16", "17,17,16", "17,40,39"})
    void lastSettled_isTheLastThatNobodyWillReadAgain(String committed, long earliest, long settled) {
        Long next = committed.equals("none") ? null : Long.valueOf(committed);

        assertThat(new KafkaSettledOffsets(admin(next, earliest), GROUP)
                        .lastSettled(SPANS)
                        .toCompletableFuture())
                .isCompletedWithValue(settled);
    }

    @ParameterizedTest(name = "earliest {0}")
    @CsvSource({"0,-1", "40,39"})
    void lastGone_knowsNothingOfTheGroup(long earliest, long gone) {
        assertThat(new KafkaSettledOffsets(admin(99L, earliest), GROUP)
                        .lastGone(SPANS)
                        .toCompletableFuture())
                .isCompletedWithValue(gone);
    }

    private static Admin admin(@Nullable Long committed, long earliest) {
        return (Admin) Proxy.newProxyInstance(
                KafkaSettledOffsetsTest.class.getClassLoader(),
                new Class<?>[] {Admin.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "listConsumerGroupOffsets" -> committed(committed);
                    case "listOffsets" ->
                        new ListOffsetsResult(Map.of(
                                SPANS,
                                KafkaFuture.completedFuture(
                                        new ListOffsetsResultInfo(earliest, -1, Optional.empty()))));
                    default -> throw new UnsupportedOperationException(method.toString());
                });
    }

    /** Its constructor is Kafka's own. */
    private static ListConsumerGroupOffsetsResult committed(@Nullable Long next) throws ReflectiveOperationException {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        offsets.put(SPANS, next == null ? null : new OffsetAndMetadata(next));
        Constructor<ListConsumerGroupOffsetsResult> constructor =
                ListConsumerGroupOffsetsResult.class.getDeclaredConstructor(Map.class);
        constructor.setAccessible(true);
        return constructor.newInstance(Map.of(CoordinatorKey.byGroupId(GROUP), KafkaFuture.completedFuture(offsets)));
    }
}
