package dev.traced.query;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.util.function.Consumer;

/** A log record as it came, not parsed, with where it came from. */
record RawLog(LogOrigin origin, ByteString bytes) {
    /**
     * The logs of a value of topic {@code logs}, as they came. They are views of the value: see {@link #copy}.
     *
     * @throws IllegalArgumentException if the value is something else
     */
    static void forEach(byte[] value, Consumer<RawLog> use) {
        MessageFields.forEach(
                UnsafeByteOperations.unsafeWrap(value),
                LogsData.RESOURCE_LOGS_FIELD_NUMBER,
                resourceLogs -> ofResource(resourceLogs, use));
    }

    private static void ofResource(ByteString resourceLogs, Consumer<RawLog> use) {
        LogOrigin resource = LogOrigin.ofResource(MessageFields.only(resourceLogs, ResourceLogs.RESOURCE_FIELD_NUMBER));
        MessageFields.forEach(
                resourceLogs, ResourceLogs.SCOPE_LOGS_FIELD_NUMBER, scopeLogs -> ofScope(resource, scopeLogs, use));
    }

    private static void ofScope(LogOrigin resource, ByteString scopeLogs, Consumer<RawLog> use) {
        LogOrigin origin = resource.withScope(MessageFields.only(scopeLogs, ScopeLogs.SCOPE_FIELD_NUMBER));
        MessageFields.forEach(
                scopeLogs, ScopeLogs.LOG_RECORDS_FIELD_NUMBER, bytes -> use.accept(new RawLog(origin, bytes)));
    }

    /** The same, and not a view of the value it came in. */
    RawLog copy() {
        return new RawLog(origin, ByteString.copyFrom(bytes.asReadOnlyByteBuffer()));
    }

    /** About how many bytes of memory it takes. */
    long size() {
        return origin.size() + bytes.size();
    }

    /**
     * Parses it; what is parsed must not be kept.
     *
     * @throws IllegalArgumentException if it is no log record
     */
    <T, E extends Exception> T read(LargeMessages.Use<Log, T, E> use) throws E {
        return LargeMessages.read(
                bytes, LogRecord.parser(), log -> use.of(new Log(origin.service(), origin.scope(), log)));
    }
}
