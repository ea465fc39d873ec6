package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW_MS;
import static dev.traced.assembler.TestSpans.id;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.withParent;
import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.assembler.History.Event;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In the life of a process a record counts once, however often it is delivered: as what it was the first time. */
class RedeliveryCountTest {
    private static final long LATER_MS = NOW_MS + Duration.ofMinutes(31).toMillis();
    private static final List<Event> RECORDS = List.of(
            new Event(0, NOW_MS, List.of(root(1, 1, 0), withParent(root(1, 2, 0), id(1)))),
            new Event(1, NOW_MS + 10_000, List.of(root(1, 1, 0), withParent(root(1, 3, 0), id(1)))),
            new Event(2, NOW_MS, List.of(root(2, 1, 0))));

    @TempDir
    Path directory;

    private Partition partition;

    @BeforeEach
    void deliver() {
        partition = new Partition(directory);
        partition.deliver(RECORDS.get(0), NOW_MS);
        for (long nowMs = NOW_MS; nowMs < NOW_MS + 10_000; nowMs += 100) {
            partition.tick(nowMs); // trace 1 closes
        }
        partition.deliver(RECORDS.get(1), NOW_MS + 10_000);
        partition.deliver(RECORDS.get(2), LATER_MS);
        assertCounts(3, 1, 1, 0);
    }

    @AfterEach
    void close() {
        partition.close();
    }

    @Test
    void sameProcess_storeAsItWas() {
        partition.restartOnSameDisk(List.copyOf(partition.changelog()));
        RECORDS.forEach(record -> partition.deliver(record, LATER_MS));

        assertCounts(3, 1, 1, 0);
        assertThat(counted("late")).isEqualTo(1);
    }

    @Test
    void sameProcess_storeLost() {
        partition.restart(List.of(), new Random(1));
        RECORDS.forEach(record -> partition.deliver(record, NOW_MS + 10_000));

        assertCounts(3, 1, 1, 0);
    }

    @Test
    void nextProcess_countsWhatItReads_andWhatItHasAppliedBefore_apart() {
        List<KeyValue<byte[], byte[]>> changelog = List.copyOf(partition.changelog());
        partition.close();
        partition = new Partition(directory.resolve("next"));
        partition.restart(changelog, new Random(1));

        RECORDS.forEach(record -> partition.deliver(record, LATER_MS));
        partition.deliver(new Event(3, LATER_MS, List.of(root(1, 4, LATER_MS - NOW_MS))), LATER_MS);

        assertCounts(1, 0, 1, 4);
    }

    private void assertCounts(int stored, int duplicate, int expired, int redelivered) {
        assertThat(List.of(counted("stored"), counted("duplicate"), counted("expired"), counted("redelivered")))
                .as("stored, duplicate, expired, redelivered")
                .containsExactly(stored, duplicate, expired, redelivered);
    }

    private int counted(String name) {
        return (int) partition.metrics().get("traced.spans." + name).counter().count();
    }
}
