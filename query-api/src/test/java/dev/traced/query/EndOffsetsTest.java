package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.traced.model.NotReadableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.DisconnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EndOffsetsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeAdmin kafka = new FakeAdmin(2);
    private final EndOffsets ends = new EndOffsets(kafka.admin(), "spans");
    private final ExecutorService queries = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        queries.shutdownNow();
    }

    @Test
    void last_isTheOffsetOfTheLastRecord() throws InterruptedException {
        // When
        kafka.holds(1, 18);

        // Then
        assertThat(ends.last(LONG)).isEqualTo(Map.of(0, -1L, 1, 17L));
    }

    @Test
    void queryThatComesDuringAQuestion_getsAnAnswerAskedAfterItCame() throws Exception {
        // Given
        kafka.hold();
        Future<Map<Integer, Long>> first = queries.submit(() -> ends.last(LONG));
        await().until(() -> kafka.asked() == 1);
        kafka.holds(0, 5);
        Future<Map<Integer, Long>> second = queries.submit(() -> ends.last(LONG));
        Future<Map<Integer, Long>> third = queries.submit(() -> ends.last(LONG));
        await().until(() -> isWaiting(2));

        // When
        kafka.answer(0);
        await().until(() -> kafka.asked() == 2);
        kafka.answer(1);

        // Then
        assertThat(first.get()).containsEntry(0, -1L);
        assertThat(second.get()).containsEntry(0, 4L);
        assertThat(third.get()).containsEntry(0, 4L);
        assertThat(kafka.asked()).isEqualTo(2);
    }

    /** There is no other way to see that a query has reached the place where it waits. */
    private static boolean isWaiting(int queries) {
        return Thread.getAllStackTraces().entrySet().stream()
                        .filter(thread -> thread.getKey().getState() == Thread.State.TIMED_WAITING)
                        .filter(thread -> Arrays.stream(thread.getValue())
                                .anyMatch(frame -> frame.getClassName().equals(EndOffsets.class.getName())
                                        && frame.getMethodName().equals("last")))
                        .count()
                >= queries;
    }

    @Test
    void silentBroker_isNotWaitedForForEver() {
        // Given
        kafka.hold();

        // Then
        assertThatThrownBy(() -> ends.last(Duration.ofMillis(30)))
                .isInstanceOf(NotReadableException.class)
                .hasMessage("Kafka did not answer within 30 ms");
    }

    @Test
    void failure_isNotTheLastWord() throws InterruptedException {
        // Given
        kafka.failWith(new DisconnectException("gone"));
        assertThatThrownBy(() -> ends.last(LONG)).isInstanceOf(NotReadableException.class);

        // When
        kafka.failWith(null);

        // Then
        assertThat(ends.last(LONG)).isEqualTo(Map.of(0, -1L, 1, -1L));
    }

    @Test
    void concurrentQueries_allGetAnAnswer() throws Exception {
        // Given
        kafka.holds(0, 1);

        // When
        var answers = new ArrayList<Future<Integer>>();
        for (int thread = 0; thread < 8; thread++) {
            answers.add(queries.submit(() -> {
                for (int i = 0; i < 500; i++) {
                    assertThat(ends.last(LONG)).containsEntry(0, 0L);
                }
                return 500;
            }));
        }

        // Then
        for (Future<Integer> answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(500);
        }
    }
}
