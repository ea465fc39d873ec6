package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.traced.model.NotReadableException;
import dev.traced.model.PartitionReader;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.model.TracePage;
import dev.traced.model.TraceQuery;
import dev.traced.model.TraceSummary;
import dev.traced.topics.TracePartitions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TraceReaderTest {
    private static final TraceQuery NEWEST = new TraceQuery(3, 0, Long.MAX_VALUE, 0);

    private final FakeAdmin kafka = new FakeAdmin(3);
    private final Owners owners = new Owners();
    private TraceReader reader = new TraceReader(kafka.admin(), owners, Duration.ofSeconds(10));

    @AfterEach
    void close() {
        reader.close();
    }

    private void impatient() {
        reader.close();
        reader = new TraceReader(kafka.admin(), owners, Duration.ofMillis(100));
    }

    private static TraceSummary summary(long id, long start) {
        return new TraceSummary(new TraceId(id, id), "s", "o", start, start, 1, SpanStatus.OK);
    }

    @Test
    void list_asksEveryPartitionOnce_withItsOwnOffset() throws InterruptedException {
        // Given
        FakeAssembler one = new FakeAssembler(0, 2);
        FakeAssembler two = new FakeAssembler(1);
        owners.own(one, 0, 2).own(two, 1);
        kafka.holds(0, 10);
        kafka.holds(1, 20);

        // When
        reader.list(NEWEST);

        // Then
        assertThat(one.asked).containsExactly(Map.of(0, 9L, 2, -1L));
        assertThat(two.asked).containsExactly(Map.of(1, 19L));
    }

    @Test
    void list_mergesNewestFirst_tiesByTraceId_andAddsTotals() throws InterruptedException {
        // Given
        owners.own(
                new FakeAssembler(0, 2)
                        .holds(0, summary(1, 50), summary(-1, 90))
                        .holds(2, summary(5, 90)),
                0,
                2);
        owners.own(new FakeAssembler(1).holds(1, summary(4, 90), summary(9, 10)), 1);

        // When
        TracePage page = reader.list(NEWEST);

        // Then
        assertThat(page).isEqualTo(new TracePage(List.of(summary(4, 90), summary(5, 90), summary(-1, 90)), 5));
    }

    @Test
    void partitionWithoutOwner_isAnError_neverAShortList() {
        // Given
        owners.own(new FakeAssembler(0, 1).holds(0, summary(1, 50)), 0, 1);
        impatient();

        // Then
        assertThatThrownBy(() -> reader.list(NEWEST))
                .isInstanceOf(NotReadableException.class)
                .hasMessage("partitions [2] cannot be read now: no partition has an owner yet");
        assertThat(owners.refreshed).isPositive();
    }

    @Test
    void readerThatFailsForEver_isAnError_withItsReason() {
        // Given
        owners.own(new FakeAssembler(0, 1), 0, 1).own(new FakeAssembler(2).failing(Integer.MAX_VALUE), 2);
        impatient();

        // Then
        assertThatThrownBy(() -> reader.list(NEWEST))
                .isInstanceOf(NotReadableException.class)
                .hasMessage("partitions [2] cannot be read now: restoring");
    }

    @Test
    void readerThatFailsForAWhile_isAskedAgain_andTheOthersAreNot() throws InterruptedException {
        // Given
        FakeAssembler steady = new FakeAssembler(0, 1).holds(0, summary(1, 50));
        FakeAssembler shaky = new FakeAssembler(2).holds(2, summary(2, 60)).failing(3);
        owners.own(steady, 0, 1).own(shaky, 2);

        // When
        TracePage page = reader.list(NEWEST);

        // Then
        assertThat(page).isEqualTo(new TracePage(List.of(summary(2, 60), summary(1, 50)), 2));
        assertThat(steady.asked).hasSize(1);
        assertThat(shaky.asked).hasSize(1);
        assertThat(owners.refreshed).isEqualTo(3);
    }

    @Test
    void partitionThatMoves_isReadFromItsNewOwner_once() throws InterruptedException {
        // Given
        FakeAssembler before = new FakeAssembler(0);
        FakeAssembler after = new FakeAssembler(1, 2).holds(1, summary(1, 50)).holds(2, summary(2, 60));
        owners.own(before, 0, 1).own(after, 2);
        owners.afterRefresh.put(1, after);
        owners.afterRefresh.put(0, before);

        // When
        TracePage page = reader.list(NEWEST);

        // Then
        assertThat(page.total()).isEqualTo(2);
        assertThat(before.asked).containsExactly(Map.of(0, -1L));
        assertThat(after.asked).containsExactlyInAnyOrder(Map.of(2, -1L), Map.of(1, -1L));
    }

    @Test
    void spans_areAskedOfTheOwnerOfTheTrace_onceItIsThere() throws InterruptedException {
        // Given
        TraceId id = new TraceId(1, 2);
        int partition = TracePartitions.partition(id, 3);
        kafka.holds(partition, 8);
        FakeAssembler owner = new FakeAssembler(partition).failing(2);
        owners.afterRefresh.put(partition, owner);

        // When
        reader.spans(id, 0);

        // Then
        assertThat(owner.asked).containsExactly(Map.of(partition, 7L));
    }

    @Test
    void spansWithoutOwner_areAnError_notAnUnknownTrace() {
        // Given
        TraceId id = new TraceId(1, 2);
        impatient();

        // Then
        int partition = TracePartitions.partition(id, 3);
        assertThatThrownBy(() -> reader.spans(id, 0))
                .isInstanceOf(NotReadableException.class)
                .hasMessage("partitions [" + partition + "] cannot be read now: partition " + partition
                        + " has no owner yet");
    }

    @Test
    void problem_namesThePartitionsThatCannotBeRead() throws InterruptedException {
        // Given
        FakeAssembler owner = new FakeAssembler(0, 1);
        owners.own(owner, 0, 1, 2);

        // Then
        assertThat(reader.problem()).contains("restoring: partitions [2] of 3 cannot be read yet");
        owners.own(new FakeAssembler(2), 2);
        assertThat(reader.problem()).isEmpty();
    }

    private static final class Owners implements PartitionOwners {
        private final Map<Integer, PartitionReader> known = new ConcurrentHashMap<>();
        private final Map<Integer, PartitionReader> afterRefresh = new HashMap<>();
        private int refreshed;

        Owners own(PartitionReader reader, int... partitions) {
            for (int partition : partitions) {
                known.put(partition, reader);
            }
            return this;
        }

        @Override
        public Optional<PartitionReader> owner(int partition) {
            return Optional.ofNullable(known.get(partition));
        }

        @Override
        public void refresh() {
            refreshed++;
            known.putAll(afterRefresh);
        }
    }
}
