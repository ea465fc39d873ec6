package dev.traced.assembler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RestoredBarrierTest {
    private final List<Long> applied = new ArrayList<>();
    private final Offsets offsets = new Offsets();
    private final RestoredBarrier barrier =
            new RestoredBarrier(offsets, new TopicPartition(Topics.SPANS, 0), applied::add);

    /** Answers at once. */
    private static final class Offsets implements SettledOffsets {
        private CompletionStage<Long> settled = CompletableFuture.completedFuture(41L);
        private CompletionStage<Long> gone = CompletableFuture.completedFuture(-1L);

        @Override
        public CompletionStage<Long> lastSettled(TopicPartition partition) {
            return settled;
        }

        @Override
        public CompletionStage<Long> lastGone(TopicPartition partition) {
            return gone;
        }
    }

    @Test
    void restoredStore_hasSeenWhatIsSettled_andAsksOnce() {
        barrier.ask(false);
        barrier.ask(false);

        assertThat(applied).containsExactly(41L);
    }

    @Test
    void failedQuestion_isAskedAgain() {
        offsets.settled = CompletableFuture.failedFuture(new KafkaException("no broker"));
        barrier.ask(false);
        offsets.settled = CompletableFuture.completedFuture(41L);
        barrier.ask(false);

        assertThat(applied).containsExactly(41L);
    }

    /** Its successor has applied them, in a store of its own. */
    @Test
    void ownerThatWasPaused_hasNotSeenWhatIsSettledSince() {
        barrier.ask(false);
        offsets.settled = CompletableFuture.completedFuture(99L);

        barrier.ask(true);

        assertThat(applied).allMatch(offset -> offset <= 41);
    }

    @Test
    void whatTheTopicNoLongerHolds_isNotWaitedFor() {
        barrier.ask(false);
        offsets.gone = CompletableFuture.completedFuture(70L);

        barrier.ask(true);

        assertThat(applied).containsExactly(41L, 70L);
    }
}
