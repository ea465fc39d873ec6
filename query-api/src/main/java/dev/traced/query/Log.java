package dev.traced.query;

import com.google.protobuf.ByteString;
import dev.traced.topics.AttributeText;
import io.opentelemetry.proto.logs.v1.LogRecord;

/** A log record with the service and the scope it came from. */
record Log(String service, String scope, LogRecord log) {
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
