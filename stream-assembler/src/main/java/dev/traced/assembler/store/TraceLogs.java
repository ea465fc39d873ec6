package dev.traced.assembler.store;

import dev.traced.model.LogPage;
import dev.traced.model.LogPosition;
import dev.traced.model.TraceId;
import org.apache.kafka.streams.query.Query;

/**
 * Asks one partition for a page of the logs of a trace, once it has applied the record at {@code offset} of topic {@code
 * logs}.
 */
public record TraceLogs(TraceId traceId, LogPosition from, long offset, long deadlineNanos) implements Query<LogPage> {
    /** A page ends with the value that reaches it: it holds one at least. */
    static final long PAGE_BYTES = 2 << 20;
}
