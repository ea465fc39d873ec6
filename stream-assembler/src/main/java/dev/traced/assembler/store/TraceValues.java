package dev.traced.assembler.store;

import dev.traced.assembler.trace.Closing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values of a trace's records in the order they arrived; none if there is more of them than {@link #MAX_BYTES}.
 *
 * @param isTooLarge whether there is more
 * @param dropped when tail sampling dropped the trace, and why; null if it did not. Then there are no values.
 */
public record TraceValues(
        List<byte[]> values, boolean isTooLarge, @Nullable Closing dropped) {
    /** About 200,000 spans. What is made of them for an answer takes several times as much memory. */
    public static final long MAX_BYTES = 40 << 20;

    static final TraceValues NONE = new TraceValues(List.of(), false, null);
    static final TraceValues TOO_LARGE = new TraceValues(List.of(), true, null);

    static TraceValues dropped(Closing closing) {
        return new TraceValues(List.of(), false, closing);
    }

    static TraceValues of(Iterable<byte[]> values) {
        List<byte[]> list = new ArrayList<>();
        values.forEach(list::add);
        return new TraceValues(list, false, null);
    }
}
