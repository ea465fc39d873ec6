package dev.traced.assembler.sampling;

import dev.traced.assembler.trace.Closing;
import dev.traced.assembler.trace.TraceHead;
import dev.traced.assembler.trace.Verdict;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds traces that close against the rules. What was told of once stays kept: its verdict, if it has one, is that of its
 * first closing. What was dropped is looked at anew whenever it closes with more spans. Used by the stream thread only.
 */
public final class TailSampler {
    private final TailSampling rules;
    private final Consumer<Verdict> made;

    /** @param made told of every verdict that is new or another than the trace's last */
    public TailSampler(TailSampling rules, Consumer<Verdict> made) {
        this.rules = rules;
        this.made = made;
    }

    /**
     * Whether the spans of a trace must be looked at to decide on it.
     *
     * @param last the trace's last closing, null if it has never closed
     */
    public boolean mustLook(@Nullable Closing last) {
        return !rules.isOff() && !isSettled(last);
    }

    private static boolean isSettled(@Nullable Closing last) {
        return last != null && !last.isDrop();
    }

    /** See {@link TailSampling#asked}. */
    public AskedTerms asked(boolean isReplacing) {
        return rules.asked(isReplacing);
    }

    /**
     * The verdict on a trace that closes with spans that it had not when it closed last.
     *
     * @param last the trace's last closing, null if it has never closed
     * @param ofSpans what the rules ask for, found on all its spans
     * @return null if no rule holds: the trace is kept
     */
    public @Nullable Verdict verdict(
            TraceId traceId, TraceHead head, @Nullable Closing last, TraceShape shape, Supplier<AskedTerms> ofSpans) {
        Verdict before = last == null ? null : last.verdict();
        if (isSettled(last)) {
            return before;
        }
        Verdict verdict = rules.decide(traceId, head, shape, ofSpans);
        if (verdict != null && !Objects.equals(verdict, before)) {
            made.accept(verdict);
        }
        return verdict;
    }
}
