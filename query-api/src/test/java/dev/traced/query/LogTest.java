package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogTest {
    @Test
    void logs_areOldestFirst_thoseOfEqualTimeAsTheyCame() {
        byte[] first = value(log(5, "b"), log(5, "a"));
        byte[] second = value(log(3, "c"));

        assertThat(Log.of(List.of(first, second))).extracting(Log::body).containsExactly("c", "b", "a");
    }

    @Test
    void logsSentAgain_areThereOnce_thoseThatRepeatThemselvesAreNot() {
        byte[] value = value(log(1, "tick"), log(1, "tick"));

        assertThat(Log.of(List.of(value, value, value(log(1, "tick"), log(2, "tock")))))
                .extracting(Log::body)
                .containsExactly("tick", "tick", "tock");
    }

    @Test
    void severity_isThatOfTheNumber_orElseOfTheName() {
        LogRecord.Builder log = LogRecord.newBuilder().setSeverityText("error");

        assertThat(new Log("", "", log.build()).severity()).isEqualTo(17);
        assertThat(new Log("", "", log.setSeverityNumberValue(9).build()).severity())
                .isEqualTo(9);
        assertThat(new Log("", "", LogRecord.getDefaultInstance()).severity()).isZero();
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
