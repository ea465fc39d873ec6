package dev.traced.tracer.node;

import dev.traced.model.TraceFraction;
import dev.traced.model.TraceId;
import dev.traced.tracer.node.wire.Fields;
import dev.traced.tracer.node.wire.Message;
import java.math.BigDecimal;

/**
 * The share of the traces that is kept: those whose {@link TraceFraction} is below it.
 *
 * @param rate 0..1
 */
record SamplingRate(double rate) {
    private static final String FIELD = "sampling_rate";

    /** What a message says in its body, or else beside it, or else 1. */
    static SamplingRate of(Message message) {
        Fields fields = message.body().has(FIELD) ? message.body() : message.outside();
        return new SamplingRate(fields.has(FIELD) ? fields.number(FIELD, 0, 1) : 1);
    }

    boolean keeps(TraceId id) {
        return TraceFraction.of(id.high(), id.low()) < rate;
    }

    /** Why a trace is not kept. */
    String reason() {
        String percent =
                BigDecimal.valueOf(rate).movePointRight(2).stripTrailingZeros().toPlainString();
        return "Trace not sampled (" + percent + "% rate)";
    }
}
