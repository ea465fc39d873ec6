package dev.traced.assembler.trace;

import dev.traced.model.SpanId;
import dev.traced.topics.SpanCursor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the root among all spans of a trace, for the rare case that the head cannot tell. */
public final class BestRoot {
    private BestRoot() {}

    /**
     * Of several roots the best.
     *
     * @param values the values of the trace's records, in the order they arrived
     */
    public static TraceHead.@Nullable Root of(List<byte[]> values) {
        Map<SpanId, TraceHead.Root> latest = new HashMap<>();
        for (byte[] value : values) {
            SpanCursor span = new SpanCursor(value);
            while (span.next()) {
                SpanId id = new SpanId(span.spanIdHigh(), span.spanIdLow());
                if (span.isRoot()) {
                    latest.put(id, TraceHead.Root.of(span));
                } else {
                    latest.remove(id);
                }
            }
        }
        TraceHead.Root best = null;
        for (TraceHead.Root root : latest.values()) {
            if (best == null || root.isBetterThan(best)) {
                best = root;
            }
        }
        return best;
    }
}
