package dev.traced.assembler.store;

import dev.traced.model.SplitMix64;
import dev.traced.model.TraceId;

/**
 * A number that a trace has drawn, by its id alone: those with the lowest, unsigned, are a sample of any set of traces. It
 * is neither that of head sampling nor that of tail sampling, which leave low numbers over.
 */
final class Lot {
    private static final long NEITHER_HEAD_NOR_TAIL = 2;

    private Lot() {}

    static long of(long idHigh, long idLow) {
        return SplitMix64.mix(NEITHER_HEAD_NOR_TAIL, SplitMix64.mix(idHigh, idLow));
    }

    static long of(TraceId id) {
        return of(id.high(), id.low());
    }
}
