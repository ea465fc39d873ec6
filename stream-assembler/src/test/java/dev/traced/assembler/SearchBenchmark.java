package dev.traced.assembler;

import dev.traced.model.CompareQuery;
import dev.traced.model.OverviewQuery;
import dev.traced.model.Span;
import dev.traced.model.SpanStatus;
import dev.traced.model.StartRange;
import dev.traced.model.TraceFilter;
import dev.traced.model.TraceId;
import dev.traced.model.TraceQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * What lists, overviews and comparisons of one partition take: run by hand, on an idle machine. Arguments: traces in the
 * store, rounds.
 */
final class SearchBenchmark {
    private static final int SPANS = 4;
    private static final long WINDOW_MS = TimeUnit.MINUTES.toMillis(25);

    private SearchBenchmark() {}

    public static void main(String[] args) throws IOException {
        int traces = args.length < 1 ? 100_000 : Integer.parseInt(args[0]);
        int rounds = args.length < 2 ? 15 : Integer.parseInt(args[1]);
        Random random = new Random(1);
        try (Partition partition = new Partition(Files.createTempDirectory("search"))) {
            long nowMs = TestSpans.NOW_MS;
            for (int i = 0; i < traces; i++) {
                TraceId id = new TraceId(random.nextLong(), random.nextLong());
                long startMs = TestSpans.NOW_MS + i * WINDOW_MS / traces;
                partition.deliver(id, TestSpans.value(spans(id, startMs, random)), i, startMs, startMs);
                if (startMs >= nowMs + 100) {
                    nowMs = startMs;
                    partition.tick(nowMs);
                    partition.closed();
                }
            }
            for (int i = 0; i < 200; i++) {
                nowMs += 100;
                partition.tick(nowMs);
            }
            partition.closed();
            long now = TimeUnit.MILLISECONDS.toNanos(nowMs);
            TraceFilter errors = new TraceFilter(null, null, SpanStatus.ERROR, 0, Long.MAX_VALUE, List.of(), null);
            TraceFilter service = new TraceFilter("service-3", null, null, 0, Long.MAX_VALUE, List.of(), null);
            TraceFilter slow = new TraceFilter(null, null, null, 60_000_000, Long.MAX_VALUE, List.of(), null);
            for (Map.Entry<String, TraceFilter> filter : List.of(
                    Map.entry("any", TraceFilter.ANY),
                    Map.entry("errors", errors),
                    Map.entry("service", service),
                    Map.entry("slow", slow))) {
                TraceQuery list = TraceQuery.between(null, null, 20, now).with(filter.getValue(), null);
                OverviewQuery overview = OverviewQuery.between(null, null, 60, now, filter.getValue());
                measure("list " + filter.getKey(), rounds, () -> partition.list(list));
                measure("overview " + filter.getKey(), rounds, () -> partition.overview(overview));
            }
            for (int most : new int[] {314, 1_000}) {
                CompareQuery compare = new CompareQuery(StartRange.ANY, TraceFilter.ANY, StartRange.ANY, errors, now);
                measure("compare " + most, rounds, () -> partition.compare(compare, most));
            }
        }
    }

    private static List<Span> spans(TraceId id, long startMs, Random random) {
        List<Span> spans = new ArrayList<>();
        for (int i = 1; i <= SPANS; i++) {
            long start = TimeUnit.MILLISECONDS.toNanos(startMs) + random.nextInt(1_000_000);
            spans.add(new Span(
                    id,
                    TestSpans.id(i),
                    i == 1 ? null : TestSpans.id(1),
                    "service-" + random.nextInt(10),
                    "GET /operation/" + random.nextInt(6),
                    start,
                    start + 1_000_000 + (long) (2e7 * Math.exp(random.nextGaussian())),
                    random.nextInt(40) == 0 ? SpanStatus.ERROR : SpanStatus.OK,
                    Map.of(
                            "http.request.method",
                            "GET",
                            "http.response.status_code",
                            String.valueOf(200 + random.nextInt(4)),
                            "user",
                            "user " + random.nextInt(10_000))));
        }
        return spans;
    }

    /** The median of the rounds, and the best: on a busy machine the others tell of the neighbours. */
    private static void measure(String name, int rounds, Runnable step) {
        for (int i = 0; i < 5; i++) {
            step.run();
        }
        double[] ms = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            long start = System.nanoTime();
            step.run();
            ms[round] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(ms);
        System.out.printf(Locale.ROOT, "%-18s %8.2f ms, best %8.2f ms%n", name, ms[rounds / 2], ms[0]);
    }
}
