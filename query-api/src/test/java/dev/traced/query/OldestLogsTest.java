package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OldestLogsTest {
    private final OldestLogs oldest = new OldestLogs(log -> true, 3);

    @Test
    void logs_areOldestFirst_thoseOfEqualTimeAsTheyCame() {
        oldest.add(value(log(5, "b"), log(-1, "d"), log(5, "a")));
        oldest.add(value(log(3, "c")));

        assertThat(bodies(oldest)).containsExactly("c", "b", "a");
        assertThat(oldest.total()).isEqualTo(4);
    }

    @Test
    void logsSentAgain_areThereOnce_thoseThatRepeatThemselvesAreNot() {
        byte[] value = value(log(1, "tick"), log(1, "tick"));
        oldest.add(value);
        oldest.add(value);
        oldest.add(value(log(1, "tick"), log(2, "tock")));

        assertThat(bodies(oldest)).containsExactly("tick", "tick", "tock");
        assertThat(oldest.total()).isEqualTo(3);
    }

    @Test
    void logsThatDoNotMatch_areNotCounted() {
        OldestLogs few = new OldestLogs(log -> log.body().equals("a"), 3);
        few.add(value(log(1, "a"), log(2, "b")));

        assertThat(bodies(few)).containsExactly("a");
        assertThat(few.total()).isEqualTo(1);
    }

    @Test
    void moreThanIsKept_isCounted_andWhatIsShownIsTheOldest_withoutAGap() {
        OldestLogs bounded = new OldestLogs(log -> true, 1_000, 1_000);
        List<LogRecord> all = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            LogRecord log = log(1 + random.nextInt(100_000), i + "x".repeat(random.nextInt(i < 250 ? 200 : 2)));
            bounded.add(value(log));
            all.add(log);
        }

        all.sort(Comparator.comparing(LogRecord::getTimeUnixNano));
        int shown = bounded.logs().size();
        assertThat(shown).isBetween(3, 50);
        assertThat(parsed(bounded)).extracting(Log::log).isEqualTo(all.subList(0, shown));
        assertThat(bounded.total()).isEqualTo(500);
    }

    @Test
    void logThatIsLargerThanAllThatIsKept_isShown() {
        OldestLogs bounded = new OldestLogs(log -> true, 10, 5);
        bounded.add(value(log(2, "b"), log(1, "large")));

        assertThat(bodies(bounded)).containsExactly("large");
    }

    /** Parsed they would take 20 times what they take as bytes, and with that all memory of this process. */
    @Test
    void logsOfManyEmptyAttributes_takeNoMoreMemoryThanTheirBytes() {
        OldestLogs many = new OldestLogs(log -> true, 1_000);
        LogRecord.Builder log = log(1, "").toBuilder();
        for (int i = 0; i < 40_000; i++) {
            log.addAttributes(KeyValue.getDefaultInstance());
        }
        for (int i = 0; i < 600; i++) {
            many.add(value(log.setTimeUnixNano(1 + i).build()));
        }

        assertThat(many.total()).isEqualTo(600);
        assertThat(many.logs()).hasSizeGreaterThan(500);
    }

    private static List<String> bodies(OldestLogs logs) {
        return parsed(logs).stream().map(Log::body).toList();
    }

    private static List<Log> parsed(OldestLogs logs) {
        return logs.logs().stream().map(log -> log.read(parsed -> parsed)).toList();
    }

    private static LogRecord log(long time, String body) {
        return LogRecord.newBuilder()
                .setTimeUnixNano(time)
                .setBody(AnyValue.newBuilder().setStringValue(body))
                .build();
    }

    private static byte[] value(LogRecord... logs) {
        return LogsData.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .addScopeLogs(ScopeLogs.newBuilder().addAllLogRecords(List.of(logs))))
                .build()
                .toByteArray();
    }
}
