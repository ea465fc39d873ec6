package dev.traced.assembler.trace;

import dev.traced.model.SpanId;
import dev.traced.topics.SpanCursor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        Map<SpanId, Optional<TraceHead.Root>> latest = new HashMap<>();
        for (byte[] value : values) {
            SpanCursor span = new SpanCursor(value);
            while (span.next()) {
                SpanId identity = new SpanId(span.spanIdHigh(), span.spanIdLow());
                latest.put(identity, span.isRoot() ? Optional.of(TraceHead.Root.of(span)) : Optional.empty());
            }
        }
        TraceHead.Root best = null;
        for (Map.Entry<SpanId, Optional<TraceHead.Root>> span : latest.entrySet()) {
            SpanId identity = span.getKey();
            TraceHead.Root root = span.getValue().orElse(null);
            boolean hasClient = identity.isServerHalf() && latest.containsKey(identity.sharedId());
            if (root != null && !hasClient && (best == null || root.isBetterThan(best))) {
                best = root;
            }
        }
        return best;
    }
}
