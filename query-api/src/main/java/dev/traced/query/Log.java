package dev.traced.query;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.traced.topics.AttributeText;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.util.ArrayList;
import java.util.List;

/** A log record with the service and the scope it came from. */
record Log(String service, String scope, LogRecord log) {
    /** The logs of a value of topic {@code logs}, as they came. */
    static List<Log> of(byte[] value) {
        List<Log> logs = new ArrayList<>();
        for (ResourceLogs resource : parse(value).getResourceLogsList()) {
            String service = service(resource);
            for (ScopeLogs scope : resource.getScopeLogsList()) {
                String name = scope.getScope().getName();
                scope.getLogRecordsList().forEach(log -> logs.add(new Log(service, name, log)));
            }
        }
        return logs;
    }

    private static LogsData parse(byte[] value) {
        try {
            return LogsData.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not OTLP LogsData: " + e.getMessage(), e);
        }
    }

    private static String service(ResourceLogs resource) {
        for (KeyValue attribute : resource.getResource().getAttributesList()) {
            if (attribute.getKey().equals("service.name")) {
                return AttributeText.of(attribute.getValue());
            }
        }
        return "";
    }

    /** When it happened, or where that is not known when it was seen; Unix nanoseconds. */
    long timeNanos() {
        return log.getTimeUnixNano() != 0 ? log.getTimeUnixNano() : log.getObservedTimeUnixNano();
    }

    /** As it says, or as its name says; 0 if neither does. */
    int severity() {
        int number = log.getSeverityNumberValue();
        return number != 0 ? number : Severity.ofName(log.getSeverityText());
    }

    String body() {
        return AttributeText.of(log.getBody());
    }

    /** The last 64 bits of the span's id, 0 if it belongs to none. */
    long spanId() {
        ByteString id = log.getSpanId();
        return id.size() == Long.BYTES ? id.asReadOnlyByteBuffer().getLong() : 0;
    }
}
