package dev.traced.topics;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import dev.traced.model.SpanId;
import dev.traced.model.TraceId;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record of topic {@code traces}: a trace that has closed, whole, or one part of a large one. Key: the 16 bytes of the
 * trace id. Value: OTLP {@code TracesData}. What else there is to say is in headers, as text:
 *
 * <pre>
 * event            trace_complete the first time the trace closes, update_trace when it closed again after late spans
 * revision         grows from one event of a trace to the next, and on to a later trace of the same id
 * spans            how many there are in the trace
 * complete         true if the root and every parent are there, false if not; absent if the trace is too large to tell
 * missing_parents  span ids that are named as parents and are not there, 16 hexadecimal digits each; at most 100
 * part             1/1, or 2/7 for the second of seven records; of a span (an id, and whether its kind is SERVER) that is
 *                  there twice the later counts
 * </pre>
 *
 * An event may come again after a crash. Whoever keeps the highest revision of each trace has each trace once and whole.
 */
public record TraceEvent(
        TraceId traceId,
        Kind kind,
        long revision,
        int spanCount,
        @Nullable Boolean isComplete,
        List<String> missingParents,
        int part,
        int parts,
        ByteString value) {
    private static final int MAX_MISSING = 100;
    private static final byte[] COMPLETE = "trace_complete".getBytes(UTF_8);
    private static final byte[] UPDATE = "update_trace".getBytes(UTF_8);
    private static final byte[] WHOLE = "1/1".getBytes(UTF_8);
    private static final byte[] TRUE = "true".getBytes(UTF_8);
    private static final byte[] FALSE = "false".getBytes(UTF_8);

    /** Why a trace is on the topic. */
    public enum Kind {
        TRACE_COMPLETE,
        UPDATE_TRACE
    }

    /**
     * The spans of the trace, or of this part of it.
     *
     * @throws IllegalArgumentException if the value is not {@code TracesData}
     */
    public TracesData spans() {
        return SpanDecoder.parse(value.toByteArray());
    }

    /** How span ids are written in a header; at most {@value #MAX_MISSING} of them. */
    public static List<String> texts(Collection<SpanId> ids) {
        return ids.stream()
                .limit(MAX_MISSING)
                .map(id -> String.format(Locale.ROOT, "%016x", id.to64Bits()))
                .toList();
    }

    /** Everything but the key and the value. */
    public Headers headers() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("event", kind == Kind.TRACE_COMPLETE ? COMPLETE : UPDATE);
        add(headers, "revision", Long.toString(revision));
        add(headers, "spans", Integer.toString(spanCount));
        if (isComplete != null) {
            headers.add("complete", isComplete ? TRUE : FALSE);
        }
        if (!missingParents.isEmpty()) {
            add(headers, "missing_parents", String.join(",", missingParents));
        }
        headers.add("part", parts == 1 ? WHOLE : (part + "/" + parts).getBytes(UTF_8));
        return headers;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }

    /**
     * Reads a record.
     *
     * @throws IllegalArgumentException if it is not one of ours
     */
    public static TraceEvent read(byte[] key, Headers headers, byte[] value) {
        if (key == null || key.length != TraceId.BYTES || value == null) {
            throw new IllegalArgumentException("not a trace event: the key is no trace id, or the value is missing");
        }
        String[] part = text(headers, "part").split("/", -1);
        Header complete = headers.lastHeader("complete");
        Header missing = headers.lastHeader("missing_parents");
        return new TraceEvent(
                TraceId.from(ByteBuffer.wrap(key)),
                Kind.valueOf(text(headers, "event").toUpperCase(Locale.ROOT)),
                Long.parseLong(text(headers, "revision")),
                Integer.parseInt(text(headers, "spans")),
                complete == null ? null : Boolean.valueOf(new String(complete.value(), UTF_8)),
                missing == null ? List.of() : List.of(new String(missing.value(), UTF_8).split(",", -1)),
                Integer.parseInt(part[0]),
                Integer.parseInt(part[part.length - 1]),
                ByteString.copyFrom(value));
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        if (header == null) {
            throw new IllegalArgumentException("not a trace event: header " + name + " is missing");
        }
        return new String(header.value(), UTF_8);
    }
}
