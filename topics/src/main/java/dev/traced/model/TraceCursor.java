package dev.traced.model;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in the list: right behind the trace of this id and this start of the root, in Unix nanoseconds. As text {@code
 * start:trace_id}. A trace keeps its place unless its root changes, so a list that is read from place to place shows every
 * trace once that was there all the while, whatever comes in meanwhile.
 */
public record TraceCursor(long startNanos, TraceId traceId) {
    private static final Pattern TEXT = Pattern.compile("(-?[0-9]{1,19}):([0-9a-fA-F-]{36})");

    /** The order of the list. */
    public static final Comparator<TraceCursor> NEWEST_FIRST =
            Comparator.comparingLong(TraceCursor::startNanos).reversed().thenComparing(TraceCursor::traceId);

    /** @throws IllegalArgumentException that names the parameter and its value */
    public static TraceCursor parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        try {
            if (matcher.matches() && TraceId.isValid(matcher.group(2))) {
                return new TraceCursor(Long.parseLong(matcher.group(1)), TraceId.parse(matcher.group(2)));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("cursor must be the next_cursor of an earlier answer, was \"" + text + "\"");
    }

    /** The place behind a trace. */
    public static TraceCursor behind(TraceSummary trace) {
        return new TraceCursor(trace.startTimeNanos(), trace.traceId());
    }

    /** Whether it comes later in the list than the other; true if there is no other. */
    public boolean isBehind(@Nullable TraceCursor other) {
        return other == null || NEWEST_FIRST.compare(this, other) > 0;
    }

    @Override
    public String toString() {
        return startNanos + ":" + traceId;
    }
}
