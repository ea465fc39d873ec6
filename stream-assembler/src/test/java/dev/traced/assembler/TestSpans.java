package dev.traced.assembler;

import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import dev.traced.topics.SpanCursor;
import dev.traced.topics.SpanEncoder;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Spans for tests: a test states only what differs. Times are milliseconds after {@link #NOW}, ids small numbers. */
public final class TestSpans {
    public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    public static final long NOW_MS = NOW.toEpochMilli();

    private TestSpans() {}

    /** Unix nanoseconds of a time after {@link #NOW}. */
    public static long at(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(NOW_MS + millis);
    }

    public static TraceId trace(int number) {
        return new TraceId(0, number);
    }

    public static SpanId id(int number) {
        return new SpanId(0, number);
    }

    /** A span without parent that lasts 10 ms. */
    public static Span root(int trace, int id, long startMillis) {
        return new Span(
                trace(trace),
                id(id),
                null,
                "service " + id,
                "operation " + id,
                at(startMillis),
                at(startMillis + 10),
                SpanStatus.OK,
                null);
    }

    public static Span child(int trace, int id, long startMillis) {
        return withParent(root(trace, id, startMillis), id(9_999));
    }

    public static Span withParent(Span span, SpanId parent) {
        return new Span(
                span.traceId(),
                span.spanId(),
                parent,
                span.service(),
                span.operation(),
                span.startTimeNanos(),
                span.endTimeNanos(),
                span.status(),
                span.tags());
    }

    public static Span failed(Span span) {
        return new Span(
                span.traceId(),
                span.spanId(),
                span.parentSpanId(),
                span.service(),
                span.operation(),
                span.startTimeNanos(),
                span.endTimeNanos(),
                SpanStatus.ERROR,
                span.tags());
    }

    public static Span named(Span span, String service, String operation) {
        return new Span(
                span.traceId(),
                span.spanId(),
                span.parentSpanId(),
                service,
                operation,
                span.startTimeNanos(),
                span.endTimeNanos(),
                span.status(),
                span.tags());
    }

    /** The same span at another time, in Unix nanoseconds. */
    public static Span startingAt(Span span, long startTimeNanos) {
        return new Span(
                span.traceId(),
                span.spanId(),
                span.parentSpanId(),
                span.service(),
                span.operation(),
                startTimeNanos,
                startTimeNanos,
                span.status(),
                span.tags());
    }

    /** The value of a record of topic spans. */
    public static byte[] value(List<Span> spans) {
        List<byte[]> values = SpanEncoder.encode(spans);
        if (values.size() != 1) {
            throw new IllegalArgumentException("too large for one record");
        }
        return values.get(0);
    }

    /** A cursor that stands on the span. */
    public static SpanCursor cursor(Span span) {
        SpanCursor cursor = new SpanCursor(value(List.of(span)));
        cursor.next();
        return cursor;
    }
}
