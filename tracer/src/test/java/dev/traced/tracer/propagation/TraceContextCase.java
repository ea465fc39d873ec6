package dev.traced.tracer.propagation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to a service, and which headers its own calls then have.
 *
 * @param traceId that the service goes on with; null if it starts a new trace
 * @param flags of the calls
 * @param state the tracestate of the calls; empty if they have none
 */
record TraceContextCase(
        String rule, List<String> request, @Nullable String traceId, String flags, String state) {
    static final String TRACE = "7c1ed0f5a94b4e0d8a2f6b3390d1e457";
    static final String SPAN = "b31c9e02f47d58a6";

    /** What a new trace has here: it is sampled, and its id is random. */
    private static final String NEW_FLAGS = "03";

    static TraceContextCase goesOn(String rule, String flags, String... request) {
        return new TraceContextCase(rule, List.of(request), TRACE, flags, "");
    }

    static TraceContextCase startsAnew(String rule, String... request) {
        return new TraceContextCase(rule, List.of(request), null, NEW_FLAGS, "");
    }

    /** Of a right traceparent, which stays right whatever comes with it. */
    static TraceContextCase state(String rule, String state, String... lines) {
        List<String> request = new ArrayList<>(List.of("traceparent: " + traceparent("00")));
        request.addAll(List.of(lines));
        return new TraceContextCase(rule, request, TRACE, "00", state);
    }

    static String traceparent(String flags) {
        return "00-" + TRACE + "-" + SPAN + "-" + flags;
    }

    @Override
    public String toString() {
        String all = rule + " " + request;
        return all.length() > 160 ? all.substring(0, 160) + ".." : all;
    }
}
