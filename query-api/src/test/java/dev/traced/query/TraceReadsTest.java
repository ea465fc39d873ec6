package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.traced.http.HttpProblem;
import dev.traced.model.OverviewQuery;
import dev.traced.model.PartitionReader;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for whom. Nobody may wait for a client that does not read. */
@Timeout(60)
class TraceReadsTest {
    private static final int DETAILS = 8;
    private static final TraceId SMALL = TraceId.parse("0f0e0d0c-0000-4000-8000-00000000000a");
    private static final TraceId LARGE = TraceId.parse("0f0e0d0c-0000-4000-8000-00000000000b");

    private final FakeAssembler assembler = new FakeAssembler(0);
    private final TraceReader traces = new TraceReader(new FakeAdmin(1).admin(), new Owner(), Duration.ofMillis(300));
    private final TraceReads reads = new TraceReads(traces, () -> 0, new SimpleMeterRegistry());
    private final ExecutorService others = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);

    TraceReadsTest() {
        assembler.holds(SMALL, new byte[1]);
        for (int i = 0; i < FakeAssembler.LOGS_A_PAGE + 1; i++) {
            assembler.holds(LARGE, new byte[1]);
        }
    }

    @AfterEach
    void close() {
        end.countDown();
        others.shutdownNow();
        traces.close();
    }

    @Test
    void logsReadOneAfterTheOther_leaveRoomForADetail() throws Exception {
        for (int i = 0; i < DETAILS + 1; i++) {
            reads.logs(SMALL, new Answer());
            reads.logs(LARGE, new Answer());
        }

        assertDetailIsRead();
    }

    @Test
    void logsThatCannotBeRead_leaveRoomToo() throws Exception {
        for (int i = 0; i < DETAILS + 1; i++) {
            for (TraceId traceId : List.of(SMALL, LARGE)) {
                assertThatThrownBy(() -> reads.logs(traceId, new Answer() {
                            @Override
                            public void write() throws IOException {
                                throw new IOException("the client has gone");
                            }
                        }))
                        .isInstanceOf(IOException.class);
            }
        }

        reads.logs(LARGE, new Answer());
        assertDetailIsRead();
    }

    @Test
    void clientsThatDoNotRead_keepNobodyFromLogsOrDetails() throws Exception {
        List<Answer> stalled = new ArrayList<>();
        for (int i = 0; i < DETAILS + 1; i++) {
            stalled.add(read(SMALL, new StalledAnswer()));
            stalled.add(read(LARGE, new StalledAnswer()));
        }
        for (Answer answer : stalled) {
            await().until(() -> answer.written.get() == 1);
        }

        reads.logs(LARGE, new Answer());
        assertDetailIsRead();
    }

    @Test
    void logsThatWaitForOthers_keepNobodyFromDetails_andHoldNothing() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        Future<?> first = others.submit(() -> {
            reads.logs(LARGE, new Answer() {
                @Override
                public void add(List<byte[]> values) {
                    super.add(values);
                    reading.countDown();
                    awaitEnd();
                }
            });
            return null;
        });
        reading.await();
        List<Answer> waiting = new ArrayList<>();
        int asked = assembler.asked.size();
        for (int i = 0; i < DETAILS; i++) {
            waiting.add(read(LARGE, new Answer()));
        }
        await().until(() -> assembler.asked.size() == asked + DETAILS);

        long start = System.nanoTime();
        assertDetailIsRead();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        assertThat(waiting).allMatch(answer -> answer.added.get() == 0);
        end.countDown();
        first.get();
        for (Answer answer : waiting) {
            await().until(() -> answer.written.get() == 1);
            assertThat(answer.added).hasValue(FakeAssembler.LOGS_A_PAGE + 1);
        }
    }

    @Test
    void answersThatAreNotRead_haveABound() throws Exception {
        Answer all = new StalledAnswer() {
            @Override
            public long bytes() {
                return Long.MAX_VALUE;
            }
        };
        Future<?> first = others.submit(() -> {
            reads.logs(SMALL, all);
            return null;
        });
        await().until(() -> all.written.get() == 1);

        for (TraceId traceId : List.of(SMALL, LARGE)) {
            assertThatThrownBy(() -> reads.logs(traceId, new Answer()))
                    .isInstanceOf(HttpProblem.class)
                    .hasMessageContaining("too many queries at a time");
        }
        end.countDown();
        first.get();
        reads.logs(SMALL, new Answer());
        reads.logs(LARGE, new Answer());
    }

    /** Each takes memory for every step of every partition. */
    @Test
    void overviews_areFourAtATime() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        assembler.beforeOverview = () -> {
            asked.incrementAndGet();
            awaitEnd();
        };
        OverviewQuery query = OverviewQuery.between(null, null, 2, 0, TraceFilter.ANY);
        List<Future<?>> four = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            four.add(others.submit(() -> reads.overview(query)));
        }
        await().until(() -> asked.get() == 4);

        assertThatThrownBy(() -> reads.overview(query))
                .isInstanceOf(HttpProblem.class)
                .hasMessageContaining("too many queries at a time");
        end.countDown();
        for (Future<?> one : four) {
            one.get();
        }
        reads.overview(query);
    }

    private void assertDetailIsRead() throws Exception {
        AtomicInteger used = new AtomicInteger();
        reads.detail(SMALL, values -> used.incrementAndGet());
        assertThat(used).hasValue(1);
    }

    private Answer read(TraceId traceId, Answer answer) {
        others.execute(() -> {
            try {
                reads.logs(traceId, answer);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the test is over
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return answer;
    }

    /** Until the test is over, which may interrupt it: what is thrown then would be taken for a failure of the next one. */
    private void awaitEnd() {
        try {
            end.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static class Answer implements TraceReads.LogsAnswer {
        final AtomicInteger added = new AtomicInteger();
        final AtomicInteger written = new AtomicInteger();

        @Override
        public void add(List<byte[]> values) {
            added.addAndGet(values.size());
        }

        @Override
        public long bytes() {
            return 1_000;
        }

        @Override
        public void write() throws IOException {
            written.incrementAndGet();
        }
    }

    private class StalledAnswer extends Answer {
        @Override
        public void write() throws IOException {
            super.write();
            awaitEnd();
        }
    }

    private final class Owner implements PartitionOwners {
        @Override
        public Optional<PartitionReader> owner(int partition) {
            return Optional.of(assembler);
        }

        @Override
        public void refresh() {}
    }
}
