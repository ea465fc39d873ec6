package dev.traced.assembler.store;

import dev.traced.assembler.trace.Closing;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.model.TraceId;
import java.util.Arrays;
import org.rocksdb.RocksIterator;

/**
 * Goes through all closings of a store, each with the head under its id. Both are in the order of the trace ids, and are
 * gone through side by side: half the time of looking heads up.
 */
final class ClosedHeads {
    private ClosedHeads() {}

    /** Takes what was seen when a trace closed last, or an earlier one of its id, and tells whether to go on. */
    interface Use {
        boolean take(TraceId traceId, TraceHead head, Closing last);
    }

    static void forEach(RowReader rows, Use use) {
        try (RocksIterator closing = rows.iteratorFrom(new byte[] {Rows.CLOSING});
                RocksIterator head = rows.iteratorFrom(new byte[] {Rows.HEAD})) {
            boolean goesOn = true;
            for (; goesOn && closing.isValid() && closing.key()[0] == Rows.CLOSING; closing.next()) {
                TraceId traceId = Rows.traceOfHead(closing.key());
                if (isAt(head, Rows.head(traceId))) {
                    goesOn = use.take(traceId, TraceHead.decode(head.value()), Closing.decode(closing.value()));
                }
            }
        }
    }

    /** Moves on to a row or, if there is none of this key, the next. */
    private static boolean isAt(RocksIterator row, byte[] key) {
        while (row.isValid()) {
            int order = Arrays.compareUnsigned(row.key(), key);
            if (order >= 0) {
                return order == 0;
            }
            row.next();
        }
        return false;
    }
}
