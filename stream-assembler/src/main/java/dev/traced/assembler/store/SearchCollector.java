package dev.traced.assembler.store;

import dev.traced.model.TraceId;
import dev.traced.model.TraceSummary;

/**
 * What becomes of the traces that a search finds. First it is told of those that the index knows, while it keeps the writer
 * waiting; then of those in rows that are newer than the index, of those whose spans had to be looked at, and of those in
 * older rows. Each comes once.
 */
interface SearchCollector {
    /**
     * A trace of the index. Seconds come from the newest on, the traces of one in no order.
     *
     * @param isSelected whether it is of the selection, if the search has one
     */
    void indexed(SearchBucket bucket, int ordinal, boolean isSelected);

    /** There are no more of this second. */
    default void endOfSecond() {}

    /** A trace of the index whose spans had to be looked at; in no order. */
    void confirmed(Indexed trace, boolean isSelected);

    /** There are no more of the index. */
    default void endOfIndex(RowReader rows) {}

    /** Whether the line of the list is wanted as it is once the trace has closed; another row is read for that. */
    default boolean wantsLine(TraceSummary open) {
        return false;
    }

    /** A line of the list, from the newest on. */
    void listed(TraceSummary trace, boolean isSelected);

    /** What the index has of a trace but for its terms. */
    record Indexed(TraceId traceId, long startNanos, long durationNanos, int flags) {
        boolean isError() {
            return (flags & SearchBucket.ERROR) != 0;
        }
    }
}
