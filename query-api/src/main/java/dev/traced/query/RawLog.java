package dev.traced.query;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.traced.topics.AttributeText;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.function.Consumer;

/** A log record as it came, not parsed, with the service and the scope it came from. */
record RawLog(String service, String scope, ByteString bytes) {
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
        ByteString resource = MessageFields.only(resourceLogs, ResourceLogs.RESOURCE_FIELD_NUMBER);
        String service = LargeMessages.read(resource, Resource.parser(), RawLog::service);
        MessageFields.forEach(
                resourceLogs, ResourceLogs.SCOPE_LOGS_FIELD_NUMBER, scopeLogs -> ofScope(service, scopeLogs, use));
    }

    private static void ofScope(String service, ByteString scopeLogs, Consumer<RawLog> use) {
        ByteString scope = MessageFields.only(scopeLogs, ScopeLogs.SCOPE_FIELD_NUMBER);
        String name = LargeMessages.read(scope, InstrumentationScope.parser(), InstrumentationScope::getName);
        MessageFields.forEach(
                scopeLogs, ScopeLogs.LOG_RECORDS_FIELD_NUMBER, bytes -> use.accept(new RawLog(service, name, bytes)));
    }

    private static String service(Resource resource) {
        for (KeyValue attribute : resource.getAttributesList()) {
            if (attribute.getKey().equals("service.name")) {
                return AttributeText.of(attribute.getValue());
            }
        }
        return "";
    }

    /** The same, and not a view of the value it came in. */
    RawLog copy() {
        return new RawLog(service, scope, ByteString.copyFrom(bytes.asReadOnlyByteBuffer()));
    }

    /** About how many bytes of memory it takes. */
    long size() {
        return Character.BYTES * ((long) service.length() + scope.length()) + bytes.size();
    }

    /**
     * Parses it; what is parsed must not be kept.
     *
     * @throws IllegalArgumentException if it is no log record
     */
    <T, E extends Exception> T read(LargeMessages.Use<Log, T, E> use) throws E {
        return LargeMessages.read(bytes, LogRecord.parser(), log -> use.of(new Log(service, scope, log)));
    }
}
