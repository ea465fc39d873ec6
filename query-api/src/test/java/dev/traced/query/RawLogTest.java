package dev.traced.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RawLogTest {
    private static final LogRecord FIRST =
            LogRecord.newBuilder().setEventName("first").build();
    private static final LogRecord SECOND =
            LogRecord.newBuilder().setEventName("second").build();

    @Test
    void logs_areAllOfAValue_withWhereTheyCameFrom() {
        LogsData value = LogsData.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .setResource(service("shop"))
                        .addScopeLogs(scope("a").addLogRecords(FIRST).addLogRecords(SECOND))
                        .addScopeLogs(scope("b").addLogRecords(FIRST)))
                .addResourceLogs(ResourceLogs.newBuilder()
                        .addScopeLogs(ScopeLogs.newBuilder().addLogRecords(LogRecord.getDefaultInstance())))
                .build();

        assertThat(logs(value.toByteArray()))
                .containsExactly(
                        new Log("shop", "a", FIRST),
                        new Log("shop", "a", SECOND),
                        new Log("shop", "b", FIRST),
                        new Log("", "", LogRecord.getDefaultInstance()));
    }

    /** Whoever writes OTLP may, and it means the same. */
    @Test
    void resource_mayComeLast_andInParts() {
        ByteString logs = ResourceLogs.newBuilder()
                .addScopeLogs(scope("a").addLogRecords(FIRST))
                .build()
                .toByteString();
        ByteString other = ResourceLogs.newBuilder()
                .setResource(Resource.newBuilder().setDroppedAttributesCount(1))
                .build()
                .toByteString();
        ByteString resource =
                ResourceLogs.newBuilder().setResource(service("shop")).build().toByteString();
        ByteString all = logs.concat(other).concat(resource);
        byte[] value = ByteString.copyFrom(new byte[] {10, (byte) all.size()})
                .concat(all)
                .toByteArray();

        assertThat(logs(value)).containsExactly(new Log("shop", "a", FIRST));
    }

    @Test
    void copy_isTheSame() {
        RawLog raw = new RawLog(new LogOrigin("shop", "a", ByteString.EMPTY), FIRST.toByteString());

        assertThat(raw.copy()).isEqualTo(raw);
    }

    @Test
    void somethingElse_isRefused() {
        for (byte[] value : List.of(new byte[] {10, 5, 1}, new byte[] {10, 2, 18, 5}, new byte[] {15})) {
            assertThatThrownBy(() -> logs(value)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static List<Log> logs(byte[] value) {
        List<Log> logs = new ArrayList<>();
        RawLog.forEach(value, raw -> logs.add(raw.read(log -> log)));
        return logs;
    }

    private static ScopeLogs.Builder scope(String name) {
        return ScopeLogs.newBuilder().setScope(InstrumentationScope.newBuilder().setName(name));
    }

    private static Resource service(String name) {
        return Resource.newBuilder()
                .addAttributes(KeyValue.newBuilder()
                        .setKey("service.name")
                        .setValue(AnyValue.newBuilder().setStringValue(name)))
                .build();
    }
}
