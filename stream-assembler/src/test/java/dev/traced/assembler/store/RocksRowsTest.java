package dev.traced.assembler.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.traced.model.TraceId;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksRowsTest {
    private static final int BUCKETS = 6;
    private static final int BUCKET_BYTES = 100_000;

    @TempDir
    Path directory;

    @Test
    void file_thatHoldsSeveralBuckets_isRemovedWithTheLastOfThem() throws Exception {
        RocksRows rows = open();
        for (int bucket = 1; bucket <= BUCKETS; bucket++) {
            rows.putAll(chunks(bucket));
        }
        rows.close(); // one flush: all buckets in one file
        rows = open();
        rows.compact(); // out of level 0, of which RocksDB does not remove files
        assertThat(tableBytes()).isGreaterThan(BUCKETS * BUCKET_BYTES / 2);

        for (int bucket = 1; bucket < BUCKETS; bucket++) {
            rows.dropChunks(bucket);
            rows.removeFilesBefore(bucket + 1);
        }
        assertThat(tableBytes()).isGreaterThan(BUCKETS * BUCKET_BYTES / 2);
        assertThat(chunkBuckets(rows)).containsOnly(BUCKETS);

        rows.dropChunks(BUCKETS);
        rows.removeFilesBefore(BUCKETS + 1);
        assertThat(tableBytes()).isLessThan(BUCKET_BYTES);
        assertThat(chunkBuckets(rows)).isEmpty();
        rows.close();
    }

    @Test
    void view_seesWhatItSaw_whileBucketsAreDropped() throws Exception {
        RocksRows rows = open();
        rows.putAll(chunks(1));
        rows.close();
        rows = open();
        rows.compact();
        byte[] key = Rows.chunk(1, new TraceId(1, 0), 0, false);
        try (RocksRows.View view = rows.new View()) {
            rows.dropChunks(1);
            rows.removeFilesBefore(2);

            assertThat(view.get(key)).isNotNull();
            assertThat(rows.get(key)).isNull();
        }

        rows.removeFilesBefore(3); // with the next bucket

        assertThat(tableBytes()).isLessThan(BUCKET_BYTES);
        rows.close();
    }

    @Test
    void size_isThatOfAllFiles() throws Exception {
        RocksRows rows = open();
        Random random = new Random(1); // does not compress
        List<KeyValue<Bytes, byte[]>> lines = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            byte[] value = new byte[BUCKET_BYTES / 100];
            random.nextBytes(value);
            lines.add(KeyValue.pair(Bytes.wrap(Rows.root(i, new TraceId(1, i))), value));
        }
        rows.putAll(chunks(1));
        rows.putAll(lines);
        assertThat(rows.size(100).memoryBytes()).isGreaterThan(2 * BUCKET_BYTES);
        rows.close();
        rows = open();

        assertThat(rows.size(100).diskBytes()).isEqualTo(tableBytes());
        rows.close();
    }

    private RocksRows open() {
        RocksRows rows = new RocksRows("rows", new RocksMemory(64 << 20), (bucket, nowMs) -> {});
        StateStoreContext context = (StateStoreContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {StateStoreContext.class}, (proxy, method, arguments) -> {
                    return method.getName().equals("stateDir") ? directory.toFile() : null;
                });
        rows.init(context, rows);
        return rows;
    }

    private static List<KeyValue<Bytes, byte[]>> chunks(int bucket) {
        Random random = new Random(bucket); // does not compress
        List<KeyValue<Bytes, byte[]>> chunks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            byte[] value = new byte[BUCKET_BYTES / 100];
            random.nextBytes(value);
            chunks.add(KeyValue.pair(Bytes.wrap(Rows.chunk(bucket, new TraceId(bucket, i), i, false)), value));
        }
        return chunks;
    }

    private static List<Integer> chunkBuckets(RocksRows rows) {
        List<Integer> buckets = new ArrayList<>();
        try (var row = rows.iteratorFrom(Rows.chunksFrom(0))) {
            for (; row.isValid(); row.next()) {
                buckets.add(Rows.bucketOf(row.key()));
            }
        }
        return buckets;
    }

    private long tableBytes() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
