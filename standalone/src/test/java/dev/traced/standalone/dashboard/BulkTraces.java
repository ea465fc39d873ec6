package dev.traced.standalone.dashboard;

import dev.traced.model.SpanStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Many traces of two spans, spread over the minutes before a time, for views of the whole: most take some 20 ms, few take
 * seconds, one in 50 fails. The same for each seed, but for the time.
 */
final class BulkTraces {
    private static final Duration OVER = Duration.ofMinutes(20);
    private static final int TRACES_A_BATCH = 250;

    private final String service;
    private final int count;
    private final long endNanos;
    private final SplittableRandom random;
    private final int seed;

    BulkTraces(String service, int count, long endNanos, int seed) {
        this.service = service;
        this.count = count;
        this.endNanos = endNanos;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** The bodies of {@code POST /spans}. */
    List<byte[]> batches() {
        List<byte[]> batches = new ArrayList<>();
        for (int first = 0; first < count; first += TRACES_A_BATCH) {
            List<String> spans = IntStream.range(first, Math.min(count, first + TRACES_A_BATCH))
                    .mapToObj(this::trace)
                    .toList();
            batches.add(("{\"spans\":[" + String.join(",", spans) + "]}").getBytes(StandardCharsets.UTF_8));
        }
        return batches;
    }

    private String trace(int number) {
        long start = endNanos - OVER.toNanos() + OVER.toNanos() / count * number;
        long took = Math.round(20e6 * Math.exp(random.nextDouble() * random.nextDouble() * 5));
        SpanStatus status = number % 50 == 7 ? SpanStatus.ERROR : SpanStatus.OK;
        String operation = "GET /item/" + number % 5;
        return span(number, 1, "", operation, start, start + took, status) + ","
                + span(number, 2, parent(1), "load", start + took / 10, start + took, status);
    }

    private String span(
            int number, int span, String parent, String operation, long start, long end, SpanStatus status) {
        return String.format(
                "{\"trace_id\":\"%08x-0000-4000-9000-%012x\",\"span_id\":\"%s\",%s\"service\":\"%s\",\"operation\":\"%s\","
                        + "\"start_time\":%d,\"end_time\":%d,\"status\":\"%s\",\"tags\":{\"shard\":\"%d\"}}",
                seed,
                number,
                id(span),
                parent,
                service,
                operation,
                start,
                end,
                status == SpanStatus.OK ? "ok" : "error",
                number % 8);
    }

    private static String parent(int span) {
        return "\"parent_span_id\":\"" + id(span) + "\",";
    }

    private static String id(int span) {
        return String.format("00000000-0000-4000-8000-%012x", span);
    }
}
