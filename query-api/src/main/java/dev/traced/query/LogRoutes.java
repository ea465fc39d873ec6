package dev.traced.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.traced.http.HttpEdge;
import dev.traced.http.HttpProblem;
import dev.traced.http.StreamedAnswer;
import dev.traced.model.SpanId;
import dev.traced.model.TraceId;
import dev.traced.topics.AttributeText;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /traces/{trace_id}/logs} and {@code GET /logs?trace_id=}: the logs of a trace, oldest first, as {@code
 * {"logs":[Log],"total":N}}; {@code span_id}, {@code severity} (the lowest to show) and {@code q} (a part of the body, of
 * any case) narrow them down, {@code limit} cuts them, {@code total} counts all that match.
 *
 * <p>{@code span_id} is an id as the detail shows it. Where the halves of a call share one, the server's is shown under
 * another ({@link dev.traced.topics.CallHalves}), and both find the logs of both: a log does not say which half it is of.
 */
public final class LogRoutes {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_LIMIT = 1_000;
    private static final int DEFAULT_LIMIT = 100;
    private static final int SPAN_ID_CHARS = 16;

    /** About so much of an answer is written at a time. */
    private static final int WRITTEN_BYTES = 32 << 10;

    private final TraceReads reads;

    public LogRoutes(TraceReads reads) {
        this.reads = reads;
    }

    /** Adds the routes to a server. */
    public void install(JavalinConfig config) {
        config.routes.get("/traces/{trace_id}/logs", reads.route(ctx -> logs(ctx, ctx.pathParam("trace_id"))));
        config.routes.get("/logs", reads.route(ctx -> logs(ctx, required(ctx))));
    }

    private static String required(Context ctx) {
        String traceId = ctx.queryParam("trace_id");
        if (traceId == null) {
            throw new HttpProblem(400, "trace_id is required");
        }
        return traceId;
    }

    private void logs(Context ctx, String id) throws InterruptedException, IOException {
        TraceId traceId = TraceIdText.parse(id);
        Predicate<Log> filter = filter(ctx);
        OldestLogs oldest = new OldestLogs(filter, limit(ctx.queryParam("limit")));
        reads.logs(traceId, new TraceReads.LogsAnswer() {
            @Override
            public void add(List<byte[]> values) {
                values.forEach(oldest::add);
            }

            @Override
            public long bytes() {
                return oldest.bytes();
            }

            @Override
            public void write() throws IOException {
                answer(ctx, traceId, oldest);
            }
        });
    }

    private static void answer(Context ctx, TraceId traceId, OldestLogs oldest) throws IOException {
        ctx.contentType(HttpEdge.JSON);
        StreamedAnswer.write(ctx, out -> write(traceId, oldest, out));
    }

    private static void write(TraceId traceId, OldestLogs oldest, OutputStream out) throws IOException {
        ByteArrayOutputStream ready = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ready)) {
            json.writeStartObject();
            json.writeArrayFieldStart("logs");
            for (RawLog log : oldest.logs()) {
                log.read(parsed -> {
                    write(traceId, parsed, json);
                    return parsed;
                });
                // Not while it is parsed: a client that does not read must not keep others from parsing theirs.
                json.flush();
                if (ready.size() >= WRITTEN_BYTES) {
                    ready.writeTo(out);
                    ready.reset();
                }
            }
            json.writeEndArray();
            json.writeNumberField("total", oldest.total());
            json.writeEndObject();
            json.flush();
            ready.writeTo(out);
        }
    }

    private static Predicate<Log> filter(Context ctx) {
        Predicate<Log> filter = log -> true;
        String spanId = ctx.queryParam("span_id");
        if (spanId != null) {
            long wanted = spanId(spanId);
            filter = filter.and(log -> isShownAs(wanted, log.spanId()));
        }
        String severity = ctx.queryParam("severity");
        if (severity != null) {
            int lowest = Severity.lowest(severity);
            filter = filter.and(log -> log.severity() >= lowest);
        }
        String text = ctx.queryParam("q");
        if (text != null) {
            String part = text.toLowerCase(Locale.ROOT);
            filter = filter.and(log -> log.body().toLowerCase(Locale.ROOT).contains(part));
        }
        return filter;
    }

    private static boolean isShownAs(long wanted, long spanId) {
        return spanId == wanted
                || (spanId != 0 && new SpanId(0, spanId).serverHalf().to64Bits() == wanted);
    }

    private static long spanId(String text) {
        if (SpanId.isValid(text)) {
            return SpanId.parse(text).to64Bits();
        }
        if (text.matches("[0-9a-fA-F]{" + SPAN_ID_CHARS + "}")) {
            return Long.parseUnsignedLong(text, 16);
        }
        throw new HttpProblem(
                400, "span_id must be a UUID or 16 hexadecimal digits, was \"" + QueryRoutes.shortened(text) + "\"");
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new HttpProblem(400, "limit must be 1.." + MAX_LIMIT + ", was \"" + QueryRoutes.shortened(text) + "\"");
    }

    private static void write(TraceId traceId, Log log, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("trace_id", traceId.toString());
        if (log.spanId() != 0) {
            json.writeStringField("span_id", new SpanId(0, log.spanId()).toString());
        }
        writeTime("time", log.timeNanos(), json);
        if (log.log().getObservedTimeUnixNano() != 0) {
            writeTime("observed_time", log.log().getObservedTimeUnixNano(), json);
        }
        int number = log.log().getSeverityNumberValue();
        json.writeStringField(
                "severity",
                log.log().getSeverityText().isEmpty()
                        ? Severity.name(number)
                        : log.log().getSeverityText());
        json.writeNumberField("severity_number", number);
        json.writeStringField("service", log.service());
        json.writeStringField("scope", log.scope());
        if (!log.log().getEventName().isEmpty()) {
            json.writeStringField("event_name", log.log().getEventName());
        }
        json.writeStringField("body", log.body());
        json.writeObjectFieldStart("attributes");
        for (KeyValue attribute : log.log().getAttributesList()) {
            json.writeStringField(attribute.getKey(), AttributeText.of(attribute.getValue()));
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** OTLP's times are unsigned. */
    private static void writeTime(String field, long nanos, JsonGenerator json) throws IOException {
        json.writeFieldName(field);
        json.writeNumber(Long.toUnsignedString(nanos));
    }
}
