package dev.traced.assembler.store;

import dev.traced.assembler.trace.SummaryRow;
import dev.traced.assembler.trace.TermSet;
import dev.traced.model.TraceSummary;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.jspecify.annotations.Nullable;

/** What becomes of a trace's line in the list when it closes: it stays, goes because the trace is dropped, or comes back. */
final class ClosedTrace {
    private final TraceStore.Closed closed;
    private final boolean wasDropped;
    private final boolean isDropped;
    private final @Nullable TraceSummary summary;

    private final TermSet terms;

    /** @param chunks for what a trace that comes back is found by */
    ClosedTrace(TraceStore.Closed closed, boolean wasDropped, Chunks chunks) {
        this.closed = closed;
        this.wasDropped = wasDropped;
        this.isDropped = closed.closing().isDrop();
        this.summary = closed.head().summary(closed.traceId(), closed.closing());
        this.terms = (wasDropped && !isDropped)
                ? chunks.terms(closed.traceId(), closed.head(), null, Chunks.MAX_LOOK_ONCE)
                : TermSet.missing();
    }

    /** The rows that follow from the closing and are written with it, here only. */
    List<KeyValue<Bytes, byte[]>> derived() {
        if (wasDropped == isDropped) {
            return List.of();
        }
        Bytes dropped = Bytes.wrap(Rows.dropped(closed.traceId()));
        KeyValue<Bytes, byte[]> drop = KeyValue.pair(dropped, isDropped ? Restoration.NOTHING : null);
        if (summary == null) {
            return List.of(drop);
        }
        byte[] line =
                isDropped ? null : SummaryRow.encode(summary, closed.head().lastOffset(), terms);
        byte[] root = Rows.root(summary.startTimeNanos(), closed.traceId());
        return List.of(drop, KeyValue.pair(Bytes.wrap(root), line));
    }

    /** The same in heap. */
    void count(StartCounts roots, SearchIndex index, DroppedTraces dropped) {
        if (isDropped && !wasDropped) {
            dropped.added();
            if (summary != null) {
                roots.remove(summary.startTimeNanos());
                index.remove(summary.startTimeNanos(), closed.traceId());
            }
        }
        if (wasDropped && !isDropped) {
            dropped.removed();
            if (summary != null) {
                roots.add(summary.startTimeNanos());
                index.put(summary, terms);
            }
        }
        if (summary != null && !isDropped) {
            // Of a large one spans may have come while it was told of: it is open again.
            boolean isComplete = closed.closing().isOf(closed.head())
                    && closed.closing().shape().isComplete();
            index.complete(summary.startTimeNanos(), closed.traceId(), isComplete);
        }
    }
}
