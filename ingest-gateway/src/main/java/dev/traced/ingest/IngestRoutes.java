package dev.traced.ingest;

import dev.traced.http.HttpEdge;
import dev.traced.ingest.json.TracedProtocol;
import dev.traced.ingest.otlp.OtlpLogsProtocol;
import dev.traced.ingest.otlp.OtlpTracesProtocol;
import dev.traced.ingest.receive.Receiver;
import dev.traced.ingest.zipkin.ZipkinProtocol;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Handler;

/** The routes of the gateway, to be mounted on a server made by {@link HttpEdge}, alone or beside others. */
public final class IngestRoutes {
    private final Handler spans;
    private final Handler otlpTraces;
    private final Handler otlpLogs;
    private final Handler zipkin;

    public IngestRoutes(Receiver receiver) {
        this.spans = receiver.over(new TracedProtocol());
        this.otlpTraces = receiver.over(new OtlpTracesProtocol());
        this.otlpLogs = receiver.over(new OtlpLogsProtocol());
        this.zipkin = receiver.over(new ZipkinProtocol(receiver::nowNanos));
    }

    public void install(JavalinConfig config) {
        config.routes.post("/spans", spans);
        config.routes.post("/v1/traces", otlpTraces);
        config.routes.post("/v1/logs", otlpLogs);
        config.routes.post("/api/v2/spans", zipkin);
    }
}
