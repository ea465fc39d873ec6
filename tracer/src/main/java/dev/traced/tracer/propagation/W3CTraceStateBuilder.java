package dev.traced.tracer.propagation;

import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes a trace state as section "Mutating the tracestate Field" says: what is new or changed goes to the left, and what
 * is then too much falls off the right. Members that may not be are ignored, as OpenTelemetry wants it.
 */
final class W3CTraceStateBuilder implements TraceStateBuilder {
    private final List<ListMember> members;

    W3CTraceStateBuilder(List<ListMember> members) {
        this.members = new ArrayList<>(members);
    }

    @Override
    public TraceStateBuilder put(String key, String value) {
        ListMember.of(key, value).ifPresent(member -> {
            remove(key);
            members.add(0, member);
        });
        return this;
    }

    @Override
    public TraceStateBuilder remove(String key) {
        members.removeIf(member -> member.key().equals(key));
        return this;
    }

    @Override
    public TraceState build() {
        return W3CTraceState.of(members);
    }
}
