package dev.traced.tracer.propagation;

import io.opentelemetry.api.trace.TraceState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads and writes the {@code tracestate} header of W3C Trace Context level 2. */
final class TraceStateHeader {
    private TraceStateHeader() {}

    /**
     * Reads the lines of a header as the one list they are; empty members are none. If any member is wrong, or there are
     * too many, there is no list, as the specification lets us decide. Of a key that is there twice the left value counts,
     * which is the newer one.
     */
    static TraceState parse(Iterator<String> lines) {
        if (!lines.hasNext()) {
            return TraceState.getDefault();
        }
        Map<String, ListMember> members = new LinkedHashMap<>();
        int count = 0;
        while (lines.hasNext()) {
            for (String part : lines.next().split(",", -1)) {
                String text = OptionalWhitespace.strip(part);
                if (text.isEmpty()) {
                    continue;
                }
                Optional<ListMember> member = ListMember.parse(text);
                if (member.isEmpty() || ++count > W3CTraceState.MAX_MEMBERS) {
                    return TraceState.getDefault();
                }
                members.putIfAbsent(member.get().key(), member.get());
            }
        }
        return W3CTraceState.of(List.copyOf(members.values()));
    }

    /** Whoever made the state: what is written is within the limits. Empty when there is nothing to write. */
    static String format(TraceState state) {
        if (state.isEmpty()) {
            return "";
        }
        return state instanceof W3CTraceState ? state.toString() : format(copyOf(state));
    }

    private static TraceState copyOf(TraceState state) {
        List<ListMember> members = new ArrayList<>();
        state.forEach((key, value) -> ListMember.of(key, value).ifPresent(members::add));
        return W3CTraceState.of(members);
    }
}
