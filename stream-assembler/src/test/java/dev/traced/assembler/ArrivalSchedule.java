package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW_MS;

import dev.traced.model.Span;
import dev.traced.model.SpanId;
import dev.traced.model.SpanStatus;
import dev.traced.model.TraceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * When the spans of many traces come: in pieces, shuffled, some twice or changed, delayed up to the window, many of them for
 * just as long as it takes a trace to close. Some traces lack a span. Random but the same for the same seed.
 */
final class ArrivalSchedule {
    private static final long BEGIN_WITHIN_MS = Duration.ofMinutes(10).toMillis();

    private final Random random;
    private final long idleMs;

    private ArrivalSchedule(Random random, long idleMs) {
        this.random = random;
        this.idleMs = idleMs;
    }

    /** A piece of a trace, and when it comes. */
    record Piece(long atMs, List<Span> spans) {}

    /** In the order in which they come; the traces begin within ten minutes. */
    static List<Piece> random(Random random, int traces, long idleMs) {
        return new ArrivalSchedule(random, idleMs).pieces(traces);
    }

    private List<Piece> pieces(int traces) {
        List<Piece> pieces = new ArrayList<>();
        for (int number = 1; number <= traces; number++) {
            long beginMs = NOW_MS + (long) (random.nextDouble() * BEGIN_WITHIN_MS);
            List<Span> spans = trace(new TraceId(random.nextLong(), number), beginMs);
            Collections.shuffle(spans, random);
            while (!spans.isEmpty()) {
                List<Span> piece = new ArrayList<>(spans.subList(0, 1 + random.nextInt(spans.size())));
                spans.subList(0, piece.size()).clear();
                pieces.add(new Piece(beginMs + delayMs(), piece));
                if (random.nextInt(5) == 0) { // sent again, perhaps changed
                    List<Span> again = random.nextBoolean()
                            ? piece
                            : piece.stream().map(this::changed).toList();
                    pieces.add(new Piece(beginMs + delayMs(), again));
                }
            }
        }
        pieces.sort(Comparator.comparingLong(Piece::atMs));
        return pieces;
    }

    private long delayMs() {
        return switch (random.nextInt(10)) {
            case 0 -> (long) (random.nextDouble() * Partition.WINDOW.window().toMillis());
            case 1, 2 -> random.nextInt(60_000);
            case 3, 4 -> idleMs + random.nextInt(2_000);
            default -> random.nextInt(1_000);
        };
    }

    private List<Span> trace(TraceId id, long beginMs) {
        List<Span> spans = new ArrayList<>();
        int size = random.nextInt(1_000) == 0 ? 200 : 1 + random.nextInt(6);
        int missing = random.nextInt(8) == 0 ? random.nextInt(size) : -1;
        for (int i = 0; i < size; i++) {
            if (i != missing) {
                SpanId parent = i == 0 ? null : new SpanId(0, 1 + random.nextInt(i));
                spans.add(span(id, i + 1, parent, TimeUnit.MILLISECONDS.toNanos(beginMs) + i * 1_000L));
            }
        }
        return spans;
    }

    private Span span(TraceId trace, long id, SpanId parent, long startNanos) {
        return new Span(
                trace,
                new SpanId(0, id),
                parent,
                "service " + random.nextInt(5),
                "operation " + random.nextInt(5),
                startNanos,
                startNanos + random.nextInt(50) * 1_000_000L,
                random.nextInt(10) == 0 ? SpanStatus.ERROR : SpanStatus.OK,
                null);
    }

    /** Another version of the span; a root now and then moves. */
    private Span changed(Span span) {
        return span(
                span.traceId(),
                span.spanId().low(),
                span.parentSpanId(),
                span.startTimeNanos() + random.nextInt(3) * 1_000_000_000L);
    }
}
