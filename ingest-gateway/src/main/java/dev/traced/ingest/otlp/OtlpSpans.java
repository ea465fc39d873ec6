package dev.traced.ingest.otlp;

import com.google.protobuf.ByteString;
import dev.traced.ingest.body.TooLargeException;
import dev.traced.ingest.receive.Admission;
import dev.traced.ingest.receive.InvalidSpan;
import dev.traced.ingest.receive.Received;
import dev.traced.ingest.receive.SpanReceipt;
import dev.traced.ingest.sampling.SamplingRates;
import dev.traced.model.TraceId;
import dev.traced.topics.SpanDecoder;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the spans of a request by trace into records, and leaves out one by one those that are not as the protocol's
 * definition says ({@code trace.proto}: ids of 16 and 8 bytes that are not all zero), began before the window, or are of a
 * trace that is not in the sample. A span that was sampled upstream is always kept: the service that began the trace has
 * decided for all of it.
 */
public final class OtlpSpans {
    /**
     * In a span's {@code flags}: a tracer has sampled the trace.
     *
     * @see <a href="https://www.w3.org/TR/trace-context/#sampled-flag">W3C Trace Context: sampled flag</a>
     */
    public static final int SAMPLED = 0x01;

    private static final int SPAN_ID_BYTES = 8;
    private static final long MAX_BYTES = 64 << 20;

    private final Admission admission;
    private final Map<TraceId, TraceRecords> traces = new LinkedHashMap<>();
    private final Map<InvalidSpan, Integer> rejected = new EnumMap<>(InvalidSpan.class);
    private final Map<InvalidSpan, String> firstOf = new EnumMap<>(InvalidSpan.class);
    private int published;
    private long bytes;
    private int stale;
    private int sampledOut;

    /** Of the service whose spans are being added. */
    private double rate = 1;

    private OtlpSpans(Admission admission) {
        this.admission = admission;
    }

    /** The records for all spans that can be taken and are let in. */
    public static Received<SpanReceipt> receive(List<ResourceSpans> request, Admission admission) {
        OtlpSpans spans = new OtlpSpans(admission);
        for (int i = 0; i < request.size(); i++) {
            ResourceSpans resourceSpans = request.get(i);
            spans.rate = admission.rates().keepAll()
                    ? 1
                    : admission.rates().of(SpanDecoder.serviceName(resourceSpans.getResource()));
            for (int j = 0; j < resourceSpans.getScopeSpansCount(); j++) {
                ScopeSpans scopeSpans = resourceSpans.getScopeSpans(j);
                for (int k = 0; k < scopeSpans.getSpansCount(); k++) {
                    spans.add(resourceSpans, scopeSpans, scopeSpans.getSpans(k), i, j, k);
                }
            }
        }
        return spans.received();
    }

    private void add(ResourceSpans resourceSpans, ScopeSpans scopeSpans, Span span, int i, int j, int k) {
        InvalidSpan fault = fault(span);
        if (fault == null && admission.isStale(span.getStartTimeUnixNano())) {
            stale++;
            return;
        }
        if (fault == null) {
            TraceId id = new TraceId(longAt(span.getTraceId(), 0), longAt(span.getTraceId(), Long.BYTES));
            if ((span.getFlags() & SAMPLED) == 0 && !SamplingRates.keep(id.high(), id.low(), rate)) {
                sampledOut++;
                return;
            }
            TraceRecords trace = traces.get(id);
            if (trace == null) {
                trace = new TraceRecords(id);
                traces.put(id, trace);
            }
            long more = trace.add(resourceSpans, scopeSpans, canonical(span));
            if (more > 0) {
                published++;
                bytes = requireRoom(bytes + more);
                return;
            }
            fault = InvalidSpan.TOO_LARGE;
        }
        rejected.merge(fault, 1, Integer::sum);
        if (!firstOf.containsKey(fault)) {
            firstOf.put(
                    fault, "resourceSpans[" + i + "].scopeSpans[" + j + "].spans[" + k + "]." + describe(fault, span));
        }
    }

    private static @Nullable InvalidSpan fault(Span span) {
        if (span.getTraceId().size() != TraceId.BYTES || isZero(span.getTraceId())) {
            return InvalidSpan.TRACE_ID;
        }
        if (span.getSpanId().size() != SPAN_ID_BYTES || isZero(span.getSpanId())) {
            return InvalidSpan.SPAN_ID;
        }
        int parentBytes = span.getParentSpanId().size();
        if (parentBytes != 0 && parentBytes != SPAN_ID_BYTES) {
            return InvalidSpan.PARENT_SPAN_ID;
        }
        // Unsigned in the protocol; what does not fit into a long lies beyond the year 2262.
        return span.getStartTimeUnixNano() < 0 || span.getEndTimeUnixNano() < 0 ? InvalidSpan.TIME : null;
    }

    private static String describe(InvalidSpan fault, Span span) {
        return switch (fault) {
            case TRACE_ID -> "traceId must be 16 bytes that are not all zero, was " + shown(span.getTraceId());
            case SPAN_ID -> "spanId must be 8 bytes that are not all zero, was " + shown(span.getSpanId());
            case PARENT_SPAN_ID -> "parentSpanId must be 8 bytes or none, was " + shown(span.getParentSpanId());
            case TIME ->
                "startTimeUnixNano and endTimeUnixNano must be at most " + Long.MAX_VALUE + ", were "
                        + Long.toUnsignedString(span.getStartTimeUnixNano()) + " and "
                        + Long.toUnsignedString(span.getEndTimeUnixNano());
            case TOO_LARGE -> "must fit into " + TraceRecords.MAX_BYTES + " bytes, was " + span.getSerializedSize();
        };
    }

    private static String shown(ByteString id) {
        return id.size() + " bytes" + (id.isEmpty() || !isZero(id) ? "" : ", all zero");
    }

    /** Each trace is kept with the resource and scope it came with: a large one, for many traces, is large many times. */
    static long requireRoom(long bytes) {
        if (bytes > MAX_BYTES) {
            throw new TooLargeException("with its resource for each of its traces a request must come to at most "
                    + (MAX_BYTES >> 20) + " MiB: send fewer traces at a time");
        }
        return bytes;
    }

    static boolean isZero(ByteString id) {
        for (int i = 0; i < id.size(); i++) {
            if (id.byteAt(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** A parent of zeros is none; see W3C Trace Context, parent-id. */
    private static Span canonical(Span span) {
        return !span.getParentSpanId().isEmpty() && isZero(span.getParentSpanId())
                ? span.toBuilder().clearParentSpanId().build()
                : span;
    }

    private static long longAt(ByteString bytes, int at) {
        long value = 0;
        for (int i = at; i < at + Long.BYTES; i++) {
            value = value << 8 | (bytes.byteAt(i) & 0xff);
        }
        return value;
    }

    private Received<SpanReceipt> received() {
        List<ProducerRecord<byte[], byte[]>> records = traces.values().stream()
                .flatMap(trace -> trace.records().stream())
                .toList();
        return new Received<>(records, new SpanReceipt(published, stale, sampledOut, rejected, why()));
    }

    private String why() {
        StringBuilder why = new StringBuilder();
        rejected.forEach((reason, spans) -> why.append(why.isEmpty() ? "" : "; ")
                .append(spans)
                .append(spans == 1 ? " span: " : " spans, the first: ")
                .append(firstOf.get(reason)));
        if (stale > 0) {
            why.append(why.isEmpty() ? "" : "; ").append(stale).append(" began before the window");
        }
        return why.toString();
    }
}
