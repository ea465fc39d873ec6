package dev.traced.topics;

import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Spans of one trace with every field at random, the odd values included. The same seed gives the same spans. */
final class RandomSpans {
    private static final String[] TEXTS = {
        "",
        "checkout",
        "service.name",
        "zw\u00f6lf",
        "\u20ac",
        "\uD83D\uDE00",
        "a\0b",
        "x".repeat(256),
        "\u00e9".repeat(200)
    };
    private static final long[] TIMES = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1767225600000000001L};

    private final Random random;

    RandomSpans(long seed) {
        random = new Random(seed);
    }

    List<Span> trace(int count) {
        TraceId traceId = new TraceId(random.nextLong(), random.nextLong());
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            spans.add(new Span(
                    traceId,
                    new SpanId(random.nextBoolean() ? 0 : random.nextLong(), random.nextLong()),
                    random.nextBoolean() ? null : new SpanId(random.nextLong(), random.nextLong()),
                    text(),
                    text(),
                    TIMES[random.nextInt(TIMES.length)],
                    TIMES[random.nextInt(TIMES.length)],
                    random.nextBoolean() ? SpanStatus.OK : SpanStatus.ERROR,
                    random.nextInt(3) == 0 ? null : tags()));
        }
        return spans;
    }

    private Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            tags.put(text() + i, text());
        }
        return tags;
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }
}
