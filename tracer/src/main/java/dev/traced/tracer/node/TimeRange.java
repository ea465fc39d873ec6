package dev.traced.tracer.node;

import dev.traced.tracer.node.wire.Fields;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How far back a query looks: {@code 15s}, {@code 30m}, {@code 1h}, {@code 7d}. */
final class TimeRange {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private TimeRange() {}

    static Duration of(Fields fields, String name) {
        String text = fields.text(name);
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            throw fields.wrong(name, "must be a whole number and ms, s, m, h or d, such as 1h, was \"" + text + '"');
        }
        long number = Long.parseLong(range.group(1));
        return switch (range.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}
