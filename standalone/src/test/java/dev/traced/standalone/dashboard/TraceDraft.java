package dev.traced.standalone.dashboard;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.LogsData;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A trace in the making, in OTLP's words; times are milliseconds from its start. The ids follow from its number. */
public final class TraceDraft {
    private static final String SCOPE = "dev.traced.shop";

    private final long number;
    private final long startNanos;
    private final List<ResourceSpans> spans = new ArrayList<>();
    private final List<ResourceLogs> logs = new ArrayList<>();
    private int ids;

    TraceDraft(long number, long startNanos) {
        this.number = number;
        this.startNanos = startNanos;
    }

    /** As the dashboard and the API show it. */
    public String id() {
        return String.format("00000000-0000-4000-8000-%012x", number);
    }

    long startNanos() {
        return startNanos;
    }

    /** Adds a span and answers its id; the root has the parent 0. */
    int span(int parent, String service, String name, SpanKind kind, double fromMs, double forMs) {
        return span(parent, service, name, kind, fromMs, forMs, span -> {});
    }

    int span(
            int parent,
            String service,
            String name,
            SpanKind kind,
            double fromMs,
            double forMs,
            Consumer<Span.Builder> more) {
        int id = ++ids;
        Span.Builder span = Span.newBuilder()
                .setTraceId(traceId())
                .setSpanId(spanId(id))
                .setName(name)
                .setKind(kind)
                .setStartTimeUnixNano(at(fromMs))
                .setEndTimeUnixNano(at(fromMs + forMs));
        if (parent != 0) {
            span.setParentSpanId(spanId(parent));
        }
        more.accept(span);
        spans.add(ResourceSpans.newBuilder()
                .setResource(resource(service))
                .addScopeSpans(ScopeSpans.newBuilder()
                        .setScope(io.opentelemetry.proto.common.v1.InstrumentationScope.newBuilder()
                                .setName(SCOPE)
                                .setVersion("1.0"))
                        .addSpans(span))
                .build());
        return id;
    }

    /** As if so many spans had been lost before the next. */
    void skipIds(int count) {
        ids += count;
    }

    void log(int span, String service, SeverityNumber severity, double atMs, String text) {
        logs.add(ResourceLogs.newBuilder()
                .setResource(resource(service))
                .addScopeLogs(ScopeLogs.newBuilder()
                        .addLogRecords(LogRecord.newBuilder()
                                .setTraceId(traceId())
                                .setSpanId(spanId(span))
                                .setTimeUnixNano(at(atMs))
                                .setSeverityNumber(severity)
                                .setSeverityText(severity.name().replace("SEVERITY_NUMBER_", ""))
                                .setBody(AnyValue.newBuilder().setStringValue(text))))
                .build());
    }

    /** What was drafted since the last call, which is sent together. */
    public TracesData takeSpans() {
        TracesData data = TracesData.newBuilder().addAllResourceSpans(spans).build();
        spans.clear();
        return data;
    }

    public LogsData takeLogs() {
        LogsData data = LogsData.newBuilder().addAllResourceLogs(logs).build();
        logs.clear();
        return data;
    }

    /** An error that a thrown exception explains. */
    Consumer<Span.Builder> failed(String message, double atMs) {
        return span -> span.setStatus(Status.newBuilder()
                        .setCode(Status.StatusCode.STATUS_CODE_ERROR)
                        .setMessage(message))
                .addEvents(Span.Event.newBuilder()
                        .setTimeUnixNano(at(atMs))
                        .setName("exception")
                        .addAllAttributes(attributes(Map.of(
                                "exception.type",
                                "shop.Declined",
                                "exception.message",
                                message,
                                "exception.stacktrace",
                                "shop.Declined: " + message + "\n\tat shop.Bank.ask(Bank.java:42)"))));
    }

    Consumer<Span.Builder> linkedTo(TraceDraft other, int span) {
        return builder -> builder.addLinks(
                Span.Link.newBuilder().setTraceId(other.traceId()).setSpanId(other.spanId(span)));
    }

    static Consumer<Span.Builder> with(Map<String, Object> attributes) {
        return span -> span.addAllAttributes(attributes(attributes));
    }

    /** Two versions run, in two regions: what a comparison can find. */
    private Resource resource(String service) {
        return Resource.newBuilder()
                .addAllAttributes(attributes(Map.of(
                        "service.name",
                        service,
                        "service.version",
                        service.equals("payment") && number % 5 == 0 ? "2.1.0" : "2.0.3",
                        "host.name",
                        service + "-" + number % 2,
                        "cloud.region",
                        number % 3 == 0 ? "us" : "eu")))
                .build();
    }

    private static List<KeyValue> attributes(Map<String, ?> attributes) {
        return attributes.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> KeyValue.newBuilder()
                        .setKey(entry.getKey())
                        .setValue(value(entry.getValue()))
                        .build())
                .toList();
    }

    private static AnyValue value(Object value) {
        return value instanceof Number number
                ? AnyValue.newBuilder().setIntValue(number.longValue()).build()
                : AnyValue.newBuilder().setStringValue(value.toString()).build();
    }

    private long at(double ms) {
        return startNanos + Math.round(ms * 1e6);
    }

    private ByteString traceId() {
        byte[] id = new byte[16];
        id[6] = 0x40;
        id[8] = (byte) 0x80;
        for (int i = 0; i < 6; i++) {
            id[15 - i] = (byte) (number >>> (8 * i));
        }
        return UnsafeByteOperations.unsafeWrap(id);
    }

    private ByteString spanId(int id) {
        return UnsafeByteOperations.unsafeWrap(
                new byte[] {(byte) 0xa1, 0, 0, 0, (byte) (number >>> 8), (byte) number, (byte) (id >>> 8), (byte) id});
    }
}
