package dev.traced.tracer.node.source;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Counts the places at which source code starts a span, by the names that OpenTelemetry's APIs have for it. What only
 * declares a function of such a name does not count.
 */
public final class SpanStarts {
    /** Of JavaScript, Java and Kotlin; of Python and Rust; of C# and C++. */
    private static final Set<String> STARTS = Set.of(
            "startSpan",
            "startActiveSpan",
            "start_span",
            "start_as_current_span",
            "in_span",
            "StartSpan",
            "StartActiveSpan",
            "StartRootSpan",
            "StartActivity");

    /** These start other things too: of Go's {@code tracer.Start}, and {@code tracing.start} of ours. */
    private static final Set<String> STARTS_OF_TRACER = Set.of("start", "Start");

    /** Java's annotation, and Python's decorator, which need no call. */
    private static final String ANNOTATION = "WithSpan";

    /** Words that may stand before a call; behind any other word a name is declared. */
    private static final Set<String> BEFORE_CALL = Set.of(
            "return", "await", "yield", "throw", "else", "do", "case", "in", "of", "not", "and", "or", "with", "if",
            "async", "go", "defer", "using", "when", "is");

    private SpanStarts() {}

    /** How many there are in this code. */
    public static int in(String code) {
        List<String> tokens = SourceTokens.of(code);
        int starts = 0;
        for (int i = 0; i < tokens.size(); i++) {
            if (isStart(tokens, i)) {
                starts++;
            }
        }
        return starts;
    }

    private static boolean isStart(List<String> tokens, int at) {
        String word = tokens.get(at);
        String before = at == 0 ? "" : tokens.get(at - 1);
        if (word.equals(ANNOTATION)) {
            return before.equals("@");
        }
        boolean isCall = at + 1 < tokens.size() && tokens.get(at + 1).equals("(") && !isDeclared(before);
        return isCall && (STARTS.contains(word) || (STARTS_OF_TRACER.contains(word) && isOfTracer(tokens, at)));
    }

    private static boolean isDeclared(String before) {
        return !before.isEmpty()
                && Character.isJavaIdentifierPart(before.charAt(before.length() - 1))
                && !BEFORE_CALL.contains(before);
    }

    /** {@code tracer.Start(}, {@code otel.Tracer("x").Start(}. */
    private static boolean isOfTracer(List<String> tokens, int at) {
        if (at < 2 || !tokens.get(at - 1).equals(".")) {
            return false;
        }
        int receiver = at - 2;
        if (tokens.get(receiver).equals(")")) {
            receiver = tokens.subList(0, receiver).lastIndexOf("(") - 1;
        }
        String name = receiver < 0 ? "" : tokens.get(receiver).toLowerCase(Locale.ROOT);
        return name.endsWith("tracer") || name.endsWith("tracing");
    }
}
