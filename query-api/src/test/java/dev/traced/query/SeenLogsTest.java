package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeenLogsTest {
    private final SeenLogs seen = new SeenLogs();

    @Test
    void hash_isOfAllOfALog() {
        ByteString record = LogRecord.newBuilder().setTimeUnixNano(1).build().toByteString();
        ByteString other = LogRecord.newBuilder().setTimeUnixNano(2).build().toByteString();
        LogOrigin origin = new LogOrigin("a", "b", ByteString.copyFromUtf8("1"));
        LogOrigin another = new LogOrigin("a", "b", ByteString.copyFromUtf8("2"));
        SeenLogs.Hash hash = seen.hash(new RawLog(origin, record));

        assertThat(seen.hash(new RawLog(origin, record).copy())).isEqualTo(hash);
        assertThat(seen.hash(new RawLog(another, record))).isNotEqualTo(hash);
        assertThat(seen.hash(new RawLog(origin, other))).isNotEqualTo(hash);
    }

    @Test
    void seen_isWhatWasAdded_alsoWhereHashesBeginTheSame() {
        Random random = new Random(1);
        Set<SeenLogs.Hash> added = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            SeenLogs.Hash hash = new SeenLogs.Hash(1 + random.nextInt(10), random.nextInt(10_000));
            assertThat(seen.contains(hash)).isEqualTo(!added.add(hash));
            seen.add(hash);
        }
        assertThat(added).allMatch(seen::contains);
    }

    @Test
    void asManyAsThereIsRoomFor_areRemembered_andNoMore() {
        for (int i = 0; i < SeenLogs.MAX; i++) {
            seen.add(hash(i));
        }
        assertThat(seen.contains(hash(0))).isTrue();
        assertThat(seen.contains(hash(SeenLogs.MAX - 1))).isTrue();

        seen.add(hash(SeenLogs.MAX));
        assertThat(seen.contains(hash(0))).isFalse();
        assertThat(seen.contains(hash(SeenLogs.MAX))).isTrue();
    }

    private static SeenLogs.Hash hash(int of) {
        return new SeenLogs.Hash(of + 1, of * 0x9E3779B97F4A7C15L);
    }
}
