package dev.traced.assembler;

import static dev.traced.assembler.TestSpans.NOW_MS;
import static dev.traced.assembler.TestSpans.at;
import static dev.traced.assembler.TestSpans.child;
import static dev.traced.assembler.TestSpans.failed;
import static dev.traced.assembler.TestSpans.root;
import static dev.traced.assembler.TestSpans.startingAt;

import dev.traced.model.Span;
import dev.traced.model.TraceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What happens to one partition: records of a few traces with duplicates, roots that are replaced and move, one trace of
 * more spans than a head holds, one whose clock runs ahead; and the clock that evicts in between, so that most ids live
 * several lives. Random but the same for the same seed.
 */
final class History {
    static final int MANY_SPANS = 5;
    static final int AHEAD = 9;
    private static final long LIFE_MS = Duration.ofMinutes(36).toMillis();
    private static final long AHEAD_MS = Duration.ofMinutes(50).toMillis();

    /** A record arrives, or, without spans, expired traces are evicted. Times are wall clock, in milliseconds. */
    record Event(long offset, long atMs, List<Span> spans) {
        boolean isRecord() {
            return !spans.isEmpty();
        }

        TraceId traceId() {
            return spans.get(0).traceId();
        }
    }

    private final Random random;
    private final List<Event> events = new ArrayList<>();
    private long nextOffset = 100;
    private long clock;

    private History(long seed) {
        random = new Random(seed);
    }

    static List<Event> random(long seed) {
        History history = new History(seed);
        for (int life = 0; life < 3; life++) {
            history.life(14);
            history.clock += LIFE_MS;
            history.life(history.random.nextInt(3)); // expired and not evicted yet, when spans of the same id come
            history.evict();
        }
        history.life(10);
        return history.events;
    }

    private void life(int records) {
        for (int i = 0; i < records; i++) {
            clock += 1 + random.nextInt(4_000);
            int trace = random.nextInt(7);
            if (trace == 0) {
                record(spans(AHEAD, 1 + random.nextInt(4), 6, AHEAD_MS));
            } else if (trace >= MANY_SPANS) {
                record(spans(MANY_SPANS, 30 + random.nextInt(60), 170, clock));
            } else {
                record(spans(trace, 1 + random.nextInt(4), 6, clock));
            }
            if (random.nextInt(8) == 0) {
                evict();
            }
        }
    }

    private List<Span> spans(int trace, int count, int ids, long around) {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int id = 1 + random.nextInt(ids);
            boolean isRoot = random.nextInt(ids < 10 ? 2 : 20) == 0;
            Span span = isRoot ? root(trace, id, 0) : child(trace, id, 0);
            span = startingAt(span, at(around + random.nextInt(5) * 100 - 200));
            spans.add(random.nextInt(20) == 0 ? failed(span) : span);
        }
        return spans;
    }

    private void record(List<Span> spans) {
        events.add(new Event(nextOffset++, NOW_MS + clock, spans));
    }

    private void evict() {
        events.add(new Event(-1, NOW_MS + clock, List.of()));
    }
}
