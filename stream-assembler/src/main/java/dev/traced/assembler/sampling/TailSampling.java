package dev.traced.assembler.sampling;

import dev.traced.assembler.trace.TraceHead;
import dev.traced.assembler.trace.Verdict;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import dev.traced.model.TraceSummary;
import dev.traced.topics.Terms;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of tail sampling, in order: the first that a trace passes decides, and a trace that passes none is kept.
 * Immutable.
 */
public final class TailSampling {
    /** No rules: everything is kept, and nothing is looked at. */
    public static final TailSampling NONE = new TailSampling(List.of());

    static final int MAX_RULES = 100;

    private final List<TailRule> rules;

    /** For each rule the terms that a trace must have. */
    private final List<long[]> terms;

    private final long[] asked;

    /** @throws IllegalArgumentException if there are too many rules, or two of one name */
    public TailSampling(List<TailRule> rules) {
        if (rules.size() > MAX_RULES) {
            throw new IllegalArgumentException("must be at most " + MAX_RULES + " rules, were " + rules.size());
        }
        Set<String> names = new HashSet<>();
        for (TailRule rule : rules) {
            if (!names.add(rule.name())) {
                throw new IllegalArgumentException(
                        "rule \"" + rule.name() + "\": name must be unique, was there before");
            }
        }
        this.rules = List.copyOf(rules);
        this.terms = rules.stream().map(rule -> Terms.of(rule.filter())).toList();
        this.asked =
                terms.stream().flatMapToLong(LongStream::of).sorted().distinct().toArray();
    }

    /** Whether there is nothing to decide. */
    public boolean isOff() {
        return rules.isEmpty();
    }

    public List<TailRule> rules() {
        return rules;
    }

    /**
     * Finds, span by span, what of the rules' conditions holds for single spans.
     *
     * @param isReplacing whether of a span that comes twice only the later counts, which takes memory for each span
     */
    public AskedTerms asked(boolean isReplacing) {
        return new AskedTerms(asked, isReplacing);
    }

    /**
     * Decides on a trace.
     *
     * @param shape how its spans hang together
     * @param ofSpans looks at all its spans; asked once at most, and only if that matters
     * @return null if no rule holds
     */
    public @Nullable Verdict decide(TraceId traceId, TraceHead head, TraceShape shape, Supplier<AskedTerms> ofSpans) {
        TraceHead.Root root = head.root();
        Long durationNanos =
                root == null ? null : TraceSummary.durationNanos(root.startTimeNanos(), root.endTimeNanos());
        long[] found = null;
        for (int i = 0; i < rules.size(); i++) {
            TailRule rule = rules.get(i);
            if (!rule.filter().matches(head.status(), durationNanos, shape)) {
                continue;
            }
            long[] wanted = terms.get(i);
            if (wanted.length > 0) {
                found = found == null ? ofSpans.get().found() : found;
                if (!hasAll(found, wanted)) {
                    continue;
                }
            }
            return rule.verdict(traceId);
        }
        return null;
    }

    private static boolean hasAll(long[] sorted, long[] wanted) {
        for (long term : wanted) {
            if (Arrays.binarySearch(sorted, term) < 0) {
                return false;
            }
        }
        return true;
    }
}
