package dev.traced.query;

import dev.traced.http.HttpProblem;
import java.util.List;
import java.util.Locale;

/**
 * Severities of logs: each name stands for four numbers, the lowest of which has no suffix.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/logs/data-model/#severity-fields">Severity fields</a>
 */
final class Severity {
    private static final List<String> NAMES = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL");
    private static final int STEPS = 4;
    private static final int MAX = 24;

    private Severity() {}

    /**
     * The lowest number of a name; or the number itself.
     *
     * @throws HttpProblem 400 if it is neither
     */
    static int lowest(String text) {
        int named = ofName(text);
        if (named > 0) {
            return named;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= MAX) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new HttpProblem(
                400,
                "severity must be 1.." + MAX + " or one of " + String.join(", ", NAMES) + ", was \""
                        + QueryRoutes.shortened(text) + "\"");
    }

    /** The lowest number of a name; 0 of anything else. */
    static int ofName(String text) {
        int index = NAMES.indexOf(text.toUpperCase(Locale.ROOT));
        return index < 0 ? 0 : index * STEPS + 1;
    }

    /** The name of a number; empty if it is not set. */
    static String name(int number) {
        return number < 1 || number > MAX ? "" : NAMES.get((number - 1) / STEPS);
    }
}
