package dev.traced.assembler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.traced.model.TraceId;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on the disk when the process ends at any moment: without a log of writes, what was flushed. */
class RocksRowsCrashTest {
    private static final TopicPartition CHANGELOG = new TopicPartition("changelog", 0);

    @TempDir
    Path directory;

    /** The offset that is on the disk must not be ahead of either column family, or a restore would begin too late. */
    @Test
    void committedOffset_isNeverAheadOfTheRowsOnDisk() throws Exception {
        Path living = directory.resolve("living");
        RocksRows rows = open(living);
        Random random = new Random(1);
        int written = 0;
        // Small chunks and large heads: the memtable of the heads is full long before that of the chunks.
        for (; written < 20_000; written++) {
            byte[] head = new byte[1_000];
            random.nextBytes(head);
            TraceId trace = new TraceId(1, written);
            rows.putAll(List.of(
                    KeyValue.pair(Bytes.wrap(Rows.chunk(1, trace, written, false)), new byte[] {1}),
                    KeyValue.pair(Bytes.wrap(Rows.head(trace)), head)));
            rows.commit(Map.of(CHANGELOG, (long) written));
        }
        long[] before = {0};
        await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(20)).until(() -> {
            long now = tables(living);
            boolean isQuiet = now > 0 && now == before[0];
            before[0] = now;
            return isQuiet;
        });

        Path crashed = directory.resolve("crashed");
        copy(living, crashed);
        rows.close();
        RocksRows found = open(crashed);

        Long offset = found.committedOffset(CHANGELOG);
        assertThat(offset).as("something was flushed").isNotNull();
        for (int i = 0; i <= offset; i += 97) {
            assertThat(found.get(Rows.head(new TraceId(1, i))))
                    .as("head %s of %s", i, offset)
                    .isNotNull();
            assertThat(found.get(Rows.chunk(1, new TraceId(1, i), i, false)))
                    .as("chunk %s of %s", i, offset)
                    .isNotNull();
        }
        found.close();
    }

    /** {@code StateStore.commit}: "An empty map signals that all committed offsets should be cleared." */
    @Test
    void emptyCommit_forgetsTheOffset_soThatARestoreBeginsAnew() {
        RocksRows rows = open(directory);
        rows.commit(Map.of(CHANGELOG, 17L));
        assertThat(rows.committedOffset(CHANGELOG)).isEqualTo(17);

        rows.commit(Map.of());

        assertThat(rows.committedOffset(CHANGELOG)).isNull();
        rows.close();
        RocksRows again = open(directory);
        assertThat(again.committedOffset(CHANGELOG)).isNull();
        again.close();
    }

    private static RocksRows open(Path stateDir) {
        RocksRows rows = new RocksRows("rows", new RocksMemory(64 << 20), (bucket, nowMs) -> {});
        StateStoreContext context = (StateStoreContext) Proxy.newProxyInstance(
                RocksRowsCrashTest.class.getClassLoader(),
                new Class<?>[] {StateStoreContext.class},
                (proxy, method, arguments) -> method.getName().equals("stateDir") ? stateDir.toFile() : null);
        rows.init(context, rows);
        return rows;
    }

    private static long tables(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".sst")).count();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
