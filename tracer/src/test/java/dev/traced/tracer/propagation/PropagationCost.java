package dev.traced.tracer.propagation;

import dev.traced.tracer.propagation.Propagation.Format;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Prints what it costs to read a request's context and to write it into a call, beside OpenTelemetry's own. */
final class PropagationCost {
    /** Other programs run on this machine: what the thread itself has used is the same with them. */
    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

    private static final int CALLS = 2_000_000;
    private static final int ROUNDS = 5;
    private static final TextMapGetter<Map<String, String>> GETTER =
            (headers, name) -> headers == null ? null : headers.get(name);

    private PropagationCost() {}

    public static void main(String[] args) {
        String traceparent = TraceContextCase.traceparent("03");
        Map<String, String> plain = Map.of("host", "localhost", "traceparent", traceparent);
        Map<String, String> state = Map.of("traceparent", traceparent, "tracestate", "ot=th:8,vendor=1234567890");
        Map<String, String> broken = Map.of("traceparent", traceparent.toUpperCase(Locale.ROOT));
        Map<String, String> b3 = Map.of("b3", TraceContextCase.TRACE + "-" + TraceContextCase.SPAN + "-1");
        TextMapPropagator ours = Propagation.standard().getTextMapPropagator();
        TextMapPropagator theirs = W3CTraceContextPropagator.getInstance();

        print("nothing", ours, Map.of("host", "localhost"));
        print("traceparent", ours, plain);
        print("traceparent, OpenTelemetry's own", theirs, plain);
        print("traceparent, tracestate", ours, state);
        print("traceparent, tracestate, OpenTelemetry's own", theirs, state);
        print("broken traceparent", ours, broken);
        print("b3 to b3", Propagation.with(Format.B3_SINGLE).getTextMapPropagator(), b3);
    }

    private static void print(String what, TextMapPropagator propagator, Map<String, String> request) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = THREAD.getCurrentThreadCpuTime();
            for (int i = 0; i < CALLS; i++) {
                Context context = propagator.extract(Context.root(), request, GETTER);
                propagator.inject(context, new HashMap<>(), Map::put);
            }
            best = Math.min(best, (THREAD.getCurrentThreadCpuTime() - start) / (double) CALLS);
        }
        System.out.printf(Locale.ROOT, "%-45s %6.0f ns read and written%n", what, best);
    }
}
