package dev.traced.assembler.completion;

import dev.traced.assembler.sampling.AskedTerms;
import dev.traced.assembler.trace.Closing;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.assembler.trace.Verdict;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A trace that is looked at, if there are rules, and then goes out in parts, a few at a time. */
final class LargeTrace {
    final TraceId traceId;
    final TraceHead head;
    final @Nullable Closing last;
    final int number;
    final List<byte[]> chunks;
    final boolean isShaped;
    final @Nullable AskedTerms asked;
    final TraceShape.Builder spans = new TraceShape.Builder();
    int looked;
    int published;

    @Nullable
    Verdict verdict;

    /** @param asked what to look for; null if there is nothing to decide */
    LargeTrace(
            TraceId traceId,
            TraceHead head,
            @Nullable Closing last,
            int number,
            List<byte[]> chunks,
            boolean isShaped,
            @Nullable AskedTerms asked) {
        this.traceId = traceId;
        this.head = head;
        this.last = last;
        this.number = number;
        this.chunks = chunks;
        this.isShaped = isShaped;
        this.asked = asked;
        this.verdict = last != null && !last.isDrop() ? last.verdict() : null;
    }

    boolean isToLook() {
        return asked != null && looked < chunks.size();
    }

    TraceShape shape() {
        return isShaped ? spans.build() : TraceShape.TOO_LARGE;
    }
}
