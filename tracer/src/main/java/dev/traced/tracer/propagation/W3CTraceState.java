package dev.traced.tracer.propagation;

import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A trace state by the rules of W3C Trace Context level 2. OpenTelemetry's own has those of level 1: it loses a list with
 * keys like {@code 5g} and {@code a@b@c}, leaves a changed member where it was, and adds none to a full list.
 */
final class W3CTraceState implements TraceState {
    static final int MAX_MEMBERS = 32;
    private static final int MAX_LENGTH = 512;
    private static final int LARGE_MEMBER = 128;

    private final List<ListMember> members;

    private W3CTraceState(List<ListMember> members) {
        this.members = List.copyOf(members);
    }

    /**
     * The members, from left to right, without those that are too many or too long together: section "tracestate Limits"
     * has whole members left out, the large ones first, then from the end. We carry no more than every system must,
     * since services further on may refuse a call for the size of its headers.
     */
    static TraceState of(List<ListMember> members) {
        List<ListMember> kept = new ArrayList<>(members.subList(0, Math.min(members.size(), MAX_MEMBERS)));
        while (length(kept) > MAX_LENGTH) {
            kept.remove(lastLargeOrLast(kept));
        }
        return kept.isEmpty() ? TraceState.getDefault() : new W3CTraceState(kept);
    }

    private static int length(List<ListMember> members) {
        int length = Math.max(0, members.size() - 1); // the commas
        for (ListMember member : members) {
            length += member.length();
        }
        return length;
    }

    private static int lastLargeOrLast(List<ListMember> members) {
        for (int i = members.size() - 1; i >= 0; i--) {
            if (members.get(i).length() > LARGE_MEMBER) {
                return i;
            }
        }
        return members.size() - 1;
    }

    @Override
    public @Nullable String get(String key) {
        return members.stream()
                .filter(member -> member.key().equals(key))
                .map(ListMember::value)
                .findFirst()
                .orElse(null);
    }

    @Override
    public int size() {
        return members.size();
    }

    @Override
    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Override
    public void forEach(BiConsumer<String, String> consumer) {
        members.forEach(member -> consumer.accept(member.key(), member.value()));
    }

    @Override
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        forEach(map::put);
        return Collections.unmodifiableMap(map);
    }

    @Override
    public TraceStateBuilder toBuilder() {
        return new W3CTraceStateBuilder(members);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof W3CTraceState state && members.equals(state.members);
    }

    @Override
    public int hashCode() {
        return members.hashCode();
    }

    /** The value of the header. */
    @Override
    public String toString() {
        StringBuilder header = new StringBuilder();
        for (ListMember member : members) {
            header.append(header.isEmpty() ? "" : ",")
                    .append(member.key())
                    .append('=')
                    .append(member.value());
        }
        return header.toString();
    }
}
