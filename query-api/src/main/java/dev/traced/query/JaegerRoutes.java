package dev.traced.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.traced.http.HttpEdge;
import dev.traced.http.HttpProblem;
import dev.traced.http.StreamedAnswer;
import dev.traced.model.NotReadableException;
import dev.traced.model.TraceDroppedException;
import dev.traced.model.TraceId;
import dev.traced.model.TraceTooLargeException;
import dev.traced.otlp.OtlpJsonWriter;
import dev.traced.topics.OtlpView;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Header;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.io.IOException;
import java.util.List;

/**
 * {@code GET /api/v3/traces/{trace_id}} as Jaeger's query service answers it: {@code {"result": TracesData}} in OTLP's
 * JSON, errors as {@code {"error":{"httpCode","message"}}}.
 *
 * @see <a href="https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v3/query_service.proto">api_v3</a>
 */
public final class JaegerRoutes {
    private static final JsonFactory JSON = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);

    private final TraceReads reads;

    public JaegerRoutes(TraceReads reads) {
        this.reads = reads;
    }

    /** Adds the routes to a server. */
    public void install(JavalinConfig config) {
        config.routes.get("/api/v3/traces/{trace_id}", reads.route(this::trace));
    }

    private void trace(Context ctx) throws InterruptedException, IOException {
        try {
            TraceId traceId = TraceIdText.parse(ctx.pathParam("trace_id"));
            reads.detail(traceId, values -> answer(ctx, traceId, values));
        } catch (HttpProblem e) {
            error(ctx, e.status(), e.text());
        } catch (TraceDroppedException e) {
            error(ctx, 410, e.text());
        } catch (TraceTooLargeException e) {
            error(ctx, 413, e.text());
        } catch (NotReadableException e) {
            error(ctx, 503, String.valueOf(e.getMessage()));
        }
    }

    private static void answer(Context ctx, TraceId traceId, List<byte[]> values) throws IOException {
        if (values.isEmpty()) {
            throw new HttpProblem(404, "there is no trace " + traceId + " in the window");
        }
        TracesData data = QueryRoutes.shown(traceId, values, OtlpView::of);
        ctx.contentType(HttpEdge.JSON);
        StreamedAnswer.write(ctx, out -> {
            try (JsonGenerator json = JSON.createGenerator(out)) {
                json.writeStartObject();
                json.writeFieldName("result");
                OtlpJsonWriter.write(data, json);
                json.writeEndObject();
            }
        });
    }

    private static void error(Context ctx, int status, String message) throws IOException {
        if (status == 503) {
            ctx.header(Header.RETRY_AFTER, "1");
        }
        java.io.StringWriter body = new java.io.StringWriter();
        try (JsonGenerator json = JSON.createGenerator(body)) {
            json.writeStartObject();
            json.writeObjectFieldStart("error");
            json.writeNumberField("httpCode", status);
            json.writeStringField("message", message);
            json.writeEndObject();
            json.writeEndObject();
        }
        ctx.status(status).contentType(HttpEdge.JSON).result(body.toString());
    }
}
