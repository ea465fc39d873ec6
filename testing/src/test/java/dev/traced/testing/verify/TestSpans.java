package dev.traced.testing.verify;

import dev.traced.testing.verify.wire.WireSpan;
import java.time.Instant;
import java.util.Map;

/** Spans for tests: a test states only what differs. Times are milliseconds after {@link #NOW}, ids are single digits. */
public final class TestSpans {

    public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    public static final long NOW_NANOS = NOW.getEpochSecond() * 1_000_000_000L;

    private TestSpans() {}

    public static String id(int digit) {
        return "00000000-0000-0000-0000-00000000000" + digit;
    }

    public static long at(long millis) {
        return NOW_NANOS + millis * 1_000_000;
    }

    public static WireSpan root(int trace, int span, long startMillis) {
        return new WireSpan(
                id(trace),
                id(span),
                null,
                "service " + span,
                "operation " + span,
                at(startMillis),
                at(startMillis + 10),
                WireSpan.OK,
                Map.of("k", "v"));
    }

    public static WireSpan child(int trace, int span, int parent, long startMillis) {
        return root(trace, span, startMillis).withParent(id(parent));
    }
}
