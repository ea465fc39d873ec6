package dev.traced.assembler.sampling;

import dev.traced.assembler.trace.Verdict;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import java.util.regex.Pattern;

/**
 * One rule of tail sampling: of the traces that pass the filter and that no rule before it took, a share is kept.
 *
 * @param name 1..64 letters, digits and {@code _ . -}
 * @param keep the share that is kept, 0..1
 */
public record TailRule(String name, TraceFilter filter, double keep) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    public TailRule {
        if (!isName(name)) {
            throw new IllegalArgumentException("name must be 1..64 letters, digits, _ . or -, was \"" + name + "\"");
        }
        if (!(keep >= 0 && keep <= 1)) {
            throw new IllegalArgumentException("keep must be 0..1, was " + keep);
        }
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    Verdict verdict(TraceId traceId) {
        return new Verdict(name, keep >= 1 || TailFraction.of(traceId) < keep);
    }
}
