package dev.traced.tracer.propagation;

import static java.util.Objects.requireNonNull;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The value of a {@code traceparent} header: {@code 00-<trace-id>-<parent-id>-<trace-flags>}, which names a trace and the
 * span in it that makes the call. What it reads and writes is W3C Trace Context level 2, section "Traceparent Header".
 *
 * @param traceId 32 lower-case hexadecimal digits, not all of them zero
 * @param parentId 16 lower-case hexadecimal digits, not all of them zero
 * @param flags sampled and random; all others are zero, as the specification reserves them
 */
public record TraceParent(String traceId, String parentId, TraceFlags flags) {
    private static final String VERSION = "00";
    private static final int TRACE_ID = 3;
    private static final int PARENT_ID = 36;
    private static final int FLAGS = 53;
    private static final int LENGTH = 55;
    private static final byte KNOWN_FLAGS = 0b11;
    private static final int SHOWN = 80;

    public TraceParent {
        check(faultOfIds(traceId, parentId));
        requireNonNull(flags, "flags");
        flags = known(flags);
    }

    private static TraceFlags known(TraceFlags flags) {
        return TraceFlags.fromByte((byte) (flags.asByte() & KNOWN_FLAGS));
    }

    /** @param context a valid one */
    static TraceParent of(SpanContext context) {
        return new TraceParent(context.getTraceId(), context.getSpanId(), context.getTraceFlags());
    }

    /**
     * Reads the value of a header, strictly. Of a version that is not known yet it reads what version 00 has, as its
     * section "Versioning of traceparent" wants it.
     *
     * @throws IllegalArgumentException which part is wrong, and what it is
     */
    public static TraceParent parse(String header) {
        check(fault(header));
        return read(header);
    }

    /** Like {@link #parse}, for who need not know what is wrong. */
    public static Optional<TraceParent> tryParse(String header) {
        return fault(header) == null ? Optional.of(read(header)) : Optional.empty();
    }

    /** The span that a header names, with a state; invalid if {@link #parse} would throw. It is asked at each request. */
    static SpanContext caller(String header, TraceState state) {
        return faultOfForm(header) == null
                ? SpanContext.createFromRemoteParent(
                        header.substring(TRACE_ID, PARENT_ID - 1),
                        header.substring(PARENT_ID, FLAGS - 1),
                        known(TraceFlags.fromHex(header, FLAGS)),
                        state)
                : SpanContext.getInvalid();
    }

    private static TraceParent read(String header) {
        return new TraceParent(
                header.substring(TRACE_ID, PARENT_ID - 1),
                header.substring(PARENT_ID, FLAGS - 1),
                TraceFlags.fromHex(header, FLAGS));
    }

    private static @Nullable String fault(String header) {
        String fault = faultOfForm(header);
        return fault == null
                ? faultOfIds(header.substring(TRACE_ID, PARENT_ID - 1), header.substring(PARENT_ID, FLAGS - 1))
                : fault;
    }

    /** Of all but the ids. */
    private static @Nullable String faultOfForm(String header) {
        if (header.length() < LENGTH || !hasDashes(header)) {
            return "traceparent must be <version>-<trace-id>-<parent-id>-<trace-flags>, was " + shown(header);
        }
        if (!isHex(header, 0) || header.startsWith("ff")) {
            return "traceparent: version must be two lower-case hexadecimal digits other than ff, was " + shown(header);
        }
        if (header.length() > LENGTH && (header.startsWith(VERSION) || header.charAt(LENGTH) != '-')) {
            return "traceparent must end after its trace-flags, was " + shown(header);
        }
        if (!isHex(header, FLAGS)) {
            return "traceparent: trace-flags must be two lower-case hexadecimal digits, was " + shown(header);
        }
        return null;
    }

    private static boolean hasDashes(String header) {
        return header.charAt(TRACE_ID - 1) == '-'
                && header.charAt(PARENT_ID - 1) == '-'
                && header.charAt(FLAGS - 1) == '-';
    }

    private static @Nullable String faultOfIds(String traceId, String parentId) {
        if (!TraceId.isValid(traceId)) {
            return "traceparent: trace-id must be 32 lower-case hexadecimal digits, not all zero, was "
                    + shown(traceId);
        }
        if (!SpanId.isValid(parentId)) {
            return "traceparent: parent-id must be 16 lower-case hexadecimal digits, not all zero, was "
                    + shown(parentId);
        }
        return null;
    }

    /** Whether the two characters at an index are digits. */
    private static boolean isHex(String header, int at) {
        return isHex(header.charAt(at)) && isHex(header.charAt(at + 1));
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }

    private static void check(@Nullable String fault) {
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
    }

    /** A stranger has sent it: a part of it is enough. */
    private static String shown(String text) {
        return '"' + (text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text) + '"';
    }

    /** Whether the caller may have recorded its span. */
    public boolean isSampled() {
        return flags.isSampled();
    }

    /** Whether the last 7 bytes of the trace id are random, so that sampling may rely on them. */
    public boolean isRandom() {
        return flags.isTraceIdRandom();
    }

    /** The value of the header, of version 00 whatever version was read. */
    @Override
    public String toString() {
        return VERSION + '-' + traceId + '-' + parentId + '-' + flags.asHex();
    }
}
