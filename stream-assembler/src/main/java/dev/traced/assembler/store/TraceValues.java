package dev.traced.assembler.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Values of a trace's records in the order they arrived; none if there is more of them than {@link #MAX_BYTES}.
 *
 * @param isTooLarge whether there is more
 */
public record TraceValues(List<byte[]> values, boolean isTooLarge) {
    /** About 200,000 spans. What is made of them for an answer takes several times as much memory. */
    public static final long MAX_BYTES = 40 << 20;

    static final TraceValues NONE = new TraceValues(List.of(), false);
    static final TraceValues TOO_LARGE = new TraceValues(List.of(), true);

    static TraceValues of(Iterable<byte[]> values) {
        List<byte[]> list = new ArrayList<>();
        values.forEach(list::add);
        return new TraceValues(list, false);
    }
}
