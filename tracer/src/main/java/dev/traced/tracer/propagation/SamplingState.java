package dev.traced.tracer.propagation;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import org.jspecify.annotations.Nullable;

/** What B3 says of a trace's sampling (its section "Sampling State"). A span context holds but accept and deny. */
enum SamplingState {
    /** The caller leaves the decision to us. */
    DEFER(""),
    ACCEPT("1"),
    DENY("0"),
    /** Accept, whatever the rate, and say so to all that follow. */
    DEBUG("d");

    private static final ContextKey<SamplingState> KEY = ContextKey.named("b3-sampling-state");

    private final String code;

    SamplingState(String code) {
        this.code = code;
    }

    /** Null if it is none. */
    static @Nullable SamplingState parse(String code) {
        return switch (code) {
            case "1" -> ACCEPT;
            case "0" -> DENY;
            case "d" -> DEBUG;
            default -> null;
        };
    }

    /** What the caller has said with B3, if it has. */
    static @Nullable SamplingState of(Context context) {
        return context.get(KEY);
    }

    Context in(Context context) {
        return context.with(KEY, this);
    }

    /** As the header has it; empty for {@link #DEFER}. */
    String code() {
        return code;
    }
}
