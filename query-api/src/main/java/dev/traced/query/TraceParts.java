package dev.traced.query;

import dev.traced.model.TraceId;
import dev.traced.topics.TraceEvent;
import org.jspecify.annotations.Nullable;

/**
 * Follows the traces that come in parts through one partition. The parts of a trace come one after the other; after a
 * crash all of them come again from the first, and what was begun is never ended. Not thread-safe.
 */
final class TraceParts {
    private record UnderWay(TraceId traceId, long first, int parts) {}

    private @Nullable UnderWay underWay;

    /**
     * Takes the next part.
     *
     * @return the offset of the first part if this was the last; -1 if not, or if the parts before it are unknown
     */
    long add(TraceEvent event, long offset) {
        UnderWay before = underWay;
        if (event.part() == 1) {
            underWay = new UnderWay(event.traceId(), offset, 1);
        } else if (before != null && isNext(event, before)) {
            boolean isLast = event.part() == event.parts();
            underWay = isLast ? null : new UnderWay(before.traceId, before.first, event.part());
            return isLast ? before.first : -1;
        }
        return -1;
    }

    private static boolean isNext(TraceEvent event, UnderWay before) {
        return event.traceId().equals(before.traceId) && event.part() == before.parts + 1;
    }

    /** From where the partition must be read again to have all parts of what is under way. */
    long readFrom(long offset) {
        return underWay == null ? offset : underWay.first;
    }
}
