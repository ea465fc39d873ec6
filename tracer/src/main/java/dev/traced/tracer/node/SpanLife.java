package dev.traced.tracer.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.traced.tracer.node.wire.Fields;
import dev.traced.tracer.node.wire.Message;
import dev.traced.tracer.node.wire.Outbox;
import dev.traced.tracer.node.wire.RefusedException;
import dev.traced.tracer.node.wire.RefusedException.Code;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Spans by messages, from {@code create_span} to {@code span_end} or {@code span_error}. The answer to a bare message goes to
 * whoever created the span; it calls the span what the message called it. As in OpenTelemetry ending a span again changes
 * nothing: the answer is the first end's. Anything else that comes for an ended span is refused.
 */
final class SpanLife {
    private static final SpanLimits LIMITS = SpanLimits.getDefault();
    private static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("exception.message");
    private static final int PART_BYTES = 200; // of an event or a link, besides its text

    private final EndedSpans ended = new EndedSpans();
    private final LogicalClock clock;
    private final Tracer tracer;
    private final Outbox out;
    private final SpanNames spans;
    private long created;

    /** @param bytes what the spans may take; the oldest go, ended or not */
    SpanLife(LogicalClock clock, Outbox out, long bytes) {
        this.clock = clock;
        this.tracer = ended.tracer("node", clock);
        this.out = out;
        this.spans = new SpanNames(bytes);
    }

    void create(Message message) {
        Fields body = message.body();
        SpanBuilder builder =
                tracer.spanBuilder(body.text("name")).setNoParent().setSpanKind(kind(body));
        List<Fields> links = body.has("links") ? body.objects("links", "span_id") : List.of();
        if (links.size() > LIMITS.getMaxNumberOfLinks()) {
            throw body.wrong("links", "must be at most " + LIMITS.getMaxNumberOfLinks() + ", had " + links.size());
        }
        links.forEach(link -> builder.addLink(linked(link, "trace_id", "span_id")));
        clock.step();
        NodeSpan span =
                new NodeSpan("span" + ++created, builder.startSpan(), message.envelope(), nameable(message.msgId()));
        spans.add(span);
        spans.grow(
                span,
                (long) PART_BYTES * links.size() + 2L * span.soFar().getName().length());
        out.reply(
                message,
                message.answer("span_created")
                        .put("span_id", span.id())
                        .put("kind", span.soFar().getKind().name()));
    }

    void event(Message message) {
        Fields body = message.body();
        String name = body.text("event");
        NodeSpan span = open(body);
        SpanData data = span.soFar();
        requireRoom(data.getTotalRecordedEvents(), LIMITS.getMaxNumberOfEvents(), "events", span);
        clock.step();
        span.span().addEvent(name);
        spans.grow(span, PART_BYTES + 2L * name.length());
        send(
                message,
                span,
                answer(message, "event_added")
                        .put("event", name)
                        .put("timestamp_us", TimeUnit.NANOSECONDS.toMicros(clock.now())));
    }

    void link(Message message) {
        Fields body = message.body();
        SpanContext linked = body.has("link")
                ? linked(body.object("link", "span_id"), "trace_id", "span_id")
                : linked(body, "linked_trace_id", "linked_span_id");
        NodeSpan span = open(body);
        requireRoom(span.soFar().getTotalRecordedLinks(), LIMITS.getMaxNumberOfLinks(), "links", span);
        clock.step();
        span.span().addLink(linked);
        spans.grow(span, PART_BYTES);
        send(
                message,
                span,
                answer(message, "link_added").put("links", span.soFar().getTotalRecordedLinks()));
    }

    void end(Message message) {
        Fields body = message.body();
        StatusCode status = status(body);
        String error = body.optionalText("error");
        NodeSpan span = named(body, "span_id");
        SpanData data = span.ended();
        if (data == null) {
            clock.step();
            data = span.end(status, error == null ? "" : error, ended);
        }
        complete(message, span, data);
    }

    void error(Message message) {
        Fields body = message.body();
        String error = body.text("error");
        NodeSpan span = named(body, "span_id");
        SpanData data = span.ended();
        if (data == null) {
            clock.step();
            span.span().addEvent("exception", Attributes.of(MESSAGE, error));
            data = span.end(StatusCode.ERROR, error, ended);
            spans.grow(span, PART_BYTES + 4L * error.length());
        }
        complete(message, span, data);
    }

    private void complete(Message message, NodeSpan span, SpanData data) {
        ObjectNode answer = answer(message, "span_complete")
                .put("duration_us", TimeUnit.NANOSECONDS.toMicros(data.getEndEpochNanos() - data.getStartEpochNanos()))
                .put("status", data.getStatus().getStatusCode().name());
        if (!data.getStatus().getDescription().isEmpty()) {
            answer.put("error", data.getStatus().getDescription());
        }
        send(message, span, answer);
    }

    /** Calls the span what the message calls it. */
    private static ObjectNode answer(Message message, String type) {
        return message.answer(type).set("span_id", message.body().json("span_id"));
    }

    private void send(Message message, NodeSpan span, ObjectNode answer) {
        out.send(message.envelope() == null ? span.creator() : message.envelope(), answer);
    }

    private NodeSpan open(Fields body) {
        NodeSpan span = named(body, "span_id");
        if (span.ended() != null) {
            throw new RefusedException(Code.PRECONDITION_FAILED, "span_id names a span that has ended: " + span.id());
        }
        return span;
    }

    private NodeSpan named(Fields fields, String field) {
        JsonNode name = fields.name(field);
        NodeSpan span = spans.find(name);
        if (span == null) {
            throw fields.wrong(Code.KEY_DOES_NOT_EXIST, field, "names no span: " + name);
        }
        return span;
    }

    private static void requireRoom(int has, int max, String what, NodeSpan span) {
        if (has >= max) {
            throw new RefusedException(
                    Code.PRECONDITION_FAILED, span.id() + " has " + max + " " + what + ", and cannot have more");
        }
    }

    /** A span of another trace, {@code {"trace_id","span_id"}}, or one of the node's by its name alone. */
    private SpanContext linked(Fields link, String traceField, String spanField) {
        String traceId = link.optionalText(traceField);
        if (traceId == null) {
            return named(link, spanField).span().getSpanContext();
        }
        return SpanContext.createFromRemoteParent(
                LenientIds.hexOfTrace(traceId),
                LenientIds.hexOfSpan(link.text(spanField)),
                TraceFlags.getDefault(),
                TraceState.getDefault());
    }

    /** Of what a message may be numbered with, what another can name. */
    private static @Nullable JsonNode nameable(@Nullable JsonNode msgId) {
        boolean isName = msgId != null
                && (msgId.isIntegralNumber()
                        || (msgId.isTextual() && msgId.textValue().length() <= Fields.MAX_TEXT));
        return isName ? msgId : null;
    }

    private static SpanKind kind(Fields body) {
        return body.has("kind") ? body.oneOf("kind", SpanKind.values()) : SpanKind.INTERNAL;
    }

    private static StatusCode status(Fields body) {
        return body.has("status") ? body.oneOf("status", StatusCode.values()) : StatusCode.OK;
    }
}
