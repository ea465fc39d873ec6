package dev.traced.ingest;

import dev.traced.http.HttpEdge;
import dev.traced.ingest.json.TracedProtocol;
import dev.traced.ingest.otlp.OtlpTracesProtocol;
import dev.traced.ingest.receive.SpanReceiver;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;

/** The routes of the gateway, to be mounted on a server made by {@link HttpEdge}, alone or beside others. */
public final class IngestRoutes {
    private final Handler spans;
    private final Handler otlpTraces;

    public IngestRoutes(SpanReceiver receiver) {
        this.spans = receiver.over(new TracedProtocol());
        this.otlpTraces = receiver.over(new OtlpTracesProtocol());
    }

    public void install(JavalinConfig config) {
        config.routes.post("/spans", spans);
        config.routes.post("/v1/traces", otlpTraces);
    }
}
