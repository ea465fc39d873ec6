package dev.traced.tracer.propagation;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** The rules, of the propagator alone. */
class TraceContextTest extends TraceContextRules {
    private static final OpenTelemetrySdk TELEMETRY = TestTelemetry.with(Propagation.standard());

    @AfterAll
    static void close() {
        TELEMETRY.close();
    }

    @Override
    List<HeaderLines> callsOf(HeaderLines request, int count) {
        TextMapPropagator propagator = TELEMETRY.getPropagators().getTextMapPropagator();
        Tracer tracer = TELEMETRY.getTracer("test");
        Context received = propagator.extract(Context.root(), request, HeaderLines.GETTER);
        Span server = tracer.spanBuilder("in")
                .setParent(received)
                .setSpanKind(SpanKind.SERVER)
                .startSpan();
        List<HeaderLines> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Context inServer = received.with(server);
            Span client = tracer.spanBuilder("out")
                    .setParent(inServer)
                    .setSpanKind(SpanKind.CLIENT)
                    .startSpan();
            HeaderLines call = HeaderLines.of();
            propagator.inject(inServer.with(client), call, HeaderLines.SETTER);
            client.end();
            calls.add(call);
        }
        server.end();
        return calls;
    }
}
