package dev.traced.ingest.otlp;

import com.google.protobuf.ByteString;
import dev.traced.ingest.receive.LogReceipt;
import dev.traced.ingest.receive.Received;
import dev.traced.model.TraceId;
import dev.traced.topics.SpanEncoder;
import dev.traced.topics.Topics;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sorts the log records of a request by trace into records of topic {@code logs}. Those without a trace are taken and not
 * kept: {@code logs.proto} says of an invalid trace id only that the record belongs to none.
 */
final class OtlpLogs {
    /** More than what is around a log record can take besides its resource and scope. */
    private static final int FRAMING = 128;

    private final long acceptedFromNanos;
    private final Map<TraceId, List<ProducerRecord<byte[], byte[]>>> traces = new LinkedHashMap<>();
    private final Map<TraceId, Open> open = new LinkedHashMap<>();
    private int published;
    private long total;
    private int uncorrelated;
    private int stale;
    private int tooLarge;

    private OtlpLogs(long acceptedFromNanos) {
        this.acceptedFromNanos = acceptedFromNanos;
    }

    /** The value that is being filled for a trace. */
    private static final class Open {
        private final LogsData.Builder data = LogsData.newBuilder();
        private long bytes;
    }

    /** The records for all that belongs to a trace. */
    static Received<LogReceipt> receive(List<ResourceLogs> request, long acceptedFromNanos) {
        OtlpLogs logs = new OtlpLogs(acceptedFromNanos);
        for (ResourceLogs resourceLogs : request) {
            ResourceLogs resource = resourceLogs.toBuilder().clearScopeLogs().build();
            for (ScopeLogs scopeLogs : resourceLogs.getScopeLogsList()) {
                Map<TraceId, ScopeLogs.Builder> ofScope = new LinkedHashMap<>();
                ScopeLogs scope = scopeLogs.toBuilder().clearLogRecords().build();
                for (LogRecord log : scopeLogs.getLogRecordsList()) {
                    logs.add(resource, scope, log, ofScope);
                }
                logs.flush(resource, ofScope);
            }
        }
        return logs.received();
    }

    private void add(ResourceLogs resource, ScopeLogs scope, LogRecord log, Map<TraceId, ScopeLogs.Builder> ofScope) {
        ByteString id = log.getTraceId();
        long time = log.getTimeUnixNano() != 0 ? log.getTimeUnixNano() : log.getObservedTimeUnixNano();
        if (id.size() != TraceId.BYTES || OtlpSpans.isZero(id)) {
            uncorrelated++;
            return;
        }
        if (time != 0 && Long.compareUnsigned(time, acceptedFromNanos) < 0) {
            stale++;
            return;
        }
        int header = resource.getSerializedSize() + scope.getSerializedSize() + FRAMING;
        int bytes = log.getSerializedSize() + FRAMING;
        if (header + bytes > SpanEncoder.MAX_BYTES) {
            tooLarge++;
            return;
        }
        ByteBuffer buffer = id.asReadOnlyByteBuffer();
        TraceId trace = new TraceId(buffer.getLong(), buffer.getLong());
        Open value = open.computeIfAbsent(trace, key -> new Open());
        if (value.bytes + header + bytes > SpanEncoder.MAX_BYTES) {
            flush(resource, trace, ofScope);
            finish(trace);
            value = open.computeIfAbsent(trace, key -> new Open());
        }
        ScopeLogs.Builder into = ofScope.get(trace);
        if (into == null) {
            into = scope.toBuilder();
            ofScope.put(trace, into);
            value.bytes += header;
            total = OtlpSpans.requireRoom(total + header);
        }
        into.addLogRecords(log);
        value.bytes += bytes;
        total = OtlpSpans.requireRoom(total + bytes);
        published++;
    }

    private void flush(ResourceLogs resource, Map<TraceId, ScopeLogs.Builder> ofScope) {
        for (TraceId trace : List.copyOf(ofScope.keySet())) {
            flush(resource, trace, ofScope);
        }
    }

    private void flush(ResourceLogs resource, TraceId trace, Map<TraceId, ScopeLogs.Builder> ofScope) {
        ScopeLogs.Builder logs = ofScope.remove(trace);
        Open value = open.get(trace);
        if (logs != null && value != null) {
            value.data.addResourceLogs(resource.toBuilder().addScopeLogs(logs));
        }
    }

    private void finish(TraceId trace) {
        Open value = open.remove(trace);
        if (value != null && value.bytes > 0) {
            traces.computeIfAbsent(trace, key -> new ArrayList<>(1))
                    .add(new ProducerRecord<>(
                            Topics.LOGS, trace.toBytes(), value.data.build().toByteArray()));
        }
    }

    private Received<LogReceipt> received() {
        List.copyOf(open.keySet()).forEach(this::finish);
        List<ProducerRecord<byte[], byte[]>> records =
                traces.values().stream().flatMap(List::stream).toList();
        StringBuilder why = new StringBuilder();
        if (stale > 0) {
            why.append(stale).append(" from before the window");
        }
        if (tooLarge > 0) {
            why.append(why.isEmpty() ? "" : "; ")
                    .append(tooLarge)
                    .append(" larger than ")
                    .append(SpanEncoder.MAX_BYTES)
                    .append(" bytes");
        }
        return new Received<>(records, new LogReceipt(published, uncorrelated, stale, tooLarge, why.toString()));
    }
}
