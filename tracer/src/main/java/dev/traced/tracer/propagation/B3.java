package dev.traced.tracer.propagation;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.ReadableSpan;
import org.jspecify.annotations.Nullable;

/**
 * What B3 headers say, by openzipkin's b3-propagation.
 *
 * @param span the span that calls; invalid when a sampling state was sent without one
 * @param parentSpanId that span's own parent, where it is known
 */
record B3(SpanContext span, @Nullable String parentSpanId, SamplingState state) {
    private static final String PADDING = "0".repeat(TraceId.getLength() / 2);
    private static final int MAX_PARTS = 4;

    /**
     * Null if it is broken.
     *
     * @param header {@code <trace id>-<span id>[-<state>[-<parent span id>]]}, or a state alone
     */
    static @Nullable B3 parse(String header) {
        String[] parts = header.split("-", MAX_PARTS); // what is beyond them is then no parent span id
        if (parts.length == 1) {
            SamplingState alone = SamplingState.parse(header);
            return alone == null ? null : of(alone);
        }
        SamplingState state = parts.length == 2 ? SamplingState.DEFER : SamplingState.parse(parts[2]);
        return state == null ? null : of(parts[0], parts[1], parts.length == MAX_PARTS ? parts[3] : null, state);
    }

    static B3 of(SamplingState state) {
        return new B3(state == SamplingState.DENY ? denied() : SpanContext.getInvalid(), null, state);
    }

    /** A span that nobody records, so that every sampler that follows its parent denies too, and so do all it calls. */
    private static SpanContext denied() {
        IdGenerator ids = IdGenerator.random();
        TraceFlags flags = TraceFlags.builder().setRandomTraceId(true).build();
        return SpanContext.createFromRemoteParent(
                ids.generateTraceId(), ids.generateSpanId(), flags, TraceState.getDefault());
    }

    /**
     * Null if one of the ids is broken.
     *
     * @param traceId 16 or 32 lower-case hexadecimal digits, not all zero
     * @param spanId 16 of them
     * @param parentSpanId 16 of them, if there is one
     */
    static @Nullable B3 of(String traceId, String spanId, @Nullable String parentSpanId, SamplingState state) {
        String wideTraceId = traceId.length() == PADDING.length() ? PADDING + traceId : traceId;
        if (!TraceId.isValid(wideTraceId)
                || !SpanId.isValid(spanId)
                || (parentSpanId != null && !SpanId.isValid(parentSpanId))) {
            return null;
        }
        SpanContext span =
                SpanContext.createFromRemoteParent(wideTraceId, spanId, flags(state), TraceState.getDefault());
        return new B3(span, parentSpanId, state);
    }

    /** What is deferred is recorded, unless {@link B3Sampler} decides. Whether an id is random, B3 does not tell. */
    private static TraceFlags flags(SamplingState state) {
        return state == SamplingState.DENY ? TraceFlags.getDefault() : TraceFlags.getSampled();
    }

    Context in(Context context) {
        return state.in(span.isValid() ? context.with(Span.wrap(span)) : context);
    }

    /** What to send from a context; null where there is no span to call from. */
    static @Nullable B3 from(Context context) {
        Span span = Span.fromContext(context);
        SpanContext ids = span.getSpanContext();
        return ids.isValid() ? new B3(ids, parentSpanId(span), stateOf(ids, SamplingState.of(context))) : null;
    }

    private static @Nullable String parentSpanId(Span span) {
        return span instanceof ReadableSpan readable
                        && readable.getParentSpanContext().isValid()
                ? readable.getParentSpanContext().getSpanId()
                : null;
    }

    private static SamplingState stateOf(SpanContext span, @Nullable SamplingState ofCaller) {
        if (!span.isSampled()) {
            return SamplingState.DENY;
        }
        if (ofCaller == SamplingState.DEFER) {
            return span.isRemote() ? SamplingState.DEFER : SamplingState.ACCEPT;
        }
        return ofCaller == SamplingState.DEBUG ? SamplingState.DEBUG : SamplingState.ACCEPT;
    }

    /** As short as it came: who has ids of 8 bytes may not know longer ones. */
    String traceId() {
        String id = span.getTraceId();
        return id.startsWith(PADDING) ? id.substring(PADDING.length()) : id;
    }

    String spanId() {
        return span.getSpanId();
    }

    /** The value of the single header. A parent has its place behind a state only. */
    @Override
    public String toString() {
        String ids = traceId() + '-' + spanId();
        if (state == SamplingState.DEFER) {
            return ids;
        }
        return ids + '-' + state.code() + (parentSpanId == null ? "" : '-' + parentSpanId);
    }
}
