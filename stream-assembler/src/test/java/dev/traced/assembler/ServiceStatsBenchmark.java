package dev.traced.assembler;

import dev.traced.assembler.StatsOracle.Sent;
import dev.traced.assembler.stats.CountedTrace;
import dev.traced.assembler.stats.ServiceMetrics;
import dev.traced.assembler.stats.ServiceStats;
import dev.traced.assembler.stats.StatsBudget;
import dev.traced.model.TraceId;
import dev.traced.model.TraceShape;
import dev.traced.topics.KnownNames;
import dev.traced.topics.SpanCursor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * What statistics cost a trace as it closes, and how fast a store is counted after a start: run by hand, on an idle machine.
 * Arguments: rounds, traces in the store.
 */
final class ServiceStatsBenchmark {
    private static final int TRACES = 10_000;
    private static final int SPANS = 4;
    private static final long START = TimeUnit.MILLISECONDS.toNanos(TestSpans.NOW_MS);

    private ServiceStatsBenchmark() {}

    public static void main(String[] args) throws IOException {
        int rounds = args.length < 1 ? 20 : Integer.parseInt(args[0]);
        Random random = new Random(1);
        byte[][] values = new byte[TRACES][];
        for (int i = 0; i < TRACES; i++) {
            values[i] = value(i, random);
        }
        KnownNames names = new KnownNames();
        measure("read and shape", rounds, i -> shaped(values[i], names));
        CountedTrace[] traces = new CountedTrace[TRACES];
        TraceShape.Builder[] shaped = new TraceShape.Builder[TRACES];
        for (int i = 0; i < TRACES; i++) {
            shaped[i] = shaped(values[i], names);
        }
        measure("pick what counts", rounds, i -> traces[i] = new CountedTrace(shaped[i], TestSpans.NOW_MS));
        ServiceStats stats = new ServiceStats(Partition.WINDOW, StatsBudget.ofHeap(), TestSpans.NOW_MS);
        measure("count", rounds, i -> stats.replace(null, traces[i]));
        ServiceMetrics metrics = new ServiceMetrics(new SimpleMeterRegistry());
        measure("metrics", rounds, i -> metrics.closed(null, traces[i]));
        recount(args.length < 2 ? 200_000 : Integer.parseInt(args[1]), random);
    }

    private static TraceShape.Builder shaped(byte[] value, KnownNames names) {
        TraceShape.Builder spans = new TraceShape.Builder();
        SpanCursor.addAll(value, spans, names);
        spans.build();
        return spans;
    }

    /** The best of the rounds: on a busy machine the others tell of the neighbours. */
    private static void measure(String name, int rounds, IntConsumer step) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        double bestNanos = Double.MAX_VALUE;
        double bytes = 0;
        for (int round = 0; round < rounds; round++) {
            long allocated = threads.getThreadAllocatedBytes(thread);
            long cpu = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < TRACES; i++) {
                step.accept(i);
            }
            bestNanos = Math.min(bestNanos, (double) (threads.getCurrentThreadCpuTime() - cpu) / TRACES);
            bytes = (double) (threads.getThreadAllocatedBytes(thread) - allocated) / TRACES;
        }
        System.out.printf(Locale.ROOT, "%-18s %7.0f ns/trace %7.0f bytes/trace%n", name, bestNanos, bytes);
    }

    private static byte[] value(int trace, Random random) {
        List<Sent> spans = new ArrayList<>();
        for (int i = 1; i <= SPANS; i++) {
            long start = START + random.nextInt(1_000_000_000);
            spans.add(new Sent(
                    i,
                    false,
                    i == 1 ? 0 : 1,
                    "service-" + random.nextInt(10),
                    "GET /operation/" + random.nextInt(6),
                    start,
                    start + 1_000_000 + (long) (2e7 * Math.exp(random.nextGaussian())),
                    random.nextInt(20) == 0));
        }
        return StatsOracle.value(trace, spans);
    }

    private static void recount(int traces, Random random) throws IOException {
        Path directory = Files.createTempDirectory("recount");
        long[] nanos = new long[2];
        var threads = ManagementFactory.getThreadMXBean();
        Partition partition = new Partition(directory, StatsBudget.ofHeap(), recount -> {
            long start = System.nanoTime();
            long cpu = threads.getCurrentThreadCpuTime();
            recount.run();
            nanos[0] = System.nanoTime() - start;
            nanos[1] = threads.getCurrentThreadCpuTime() - cpu;
        });
        long nowMs = TestSpans.NOW_MS;
        for (int i = 0; i < traces; i++) {
            TraceId id = new TraceId(random.nextLong(), random.nextLong());
            partition.deliver(id, valueOf(id, random), i, nowMs, nowMs);
            if (i % 500 == 0) {
                nowMs += 100;
                partition.tick(nowMs);
                partition.closed();
            }
        }
        for (int i = 0; i < 200; i++) {
            nowMs += 100;
            partition.tick(nowMs);
        }
        partition.closed();
        partition.restartOnSameDisk(List.of());
        System.out.printf(
                Locale.ROOT,
                "recount of %d traces: %d ms, %d ms of CPU%n",
                traces,
                TimeUnit.NANOSECONDS.toMillis(nanos[0]),
                TimeUnit.NANOSECONDS.toMillis(nanos[1]));
        partition.close();
    }

    private static byte[] valueOf(TraceId id, Random random) {
        byte[] value = value(0, random);
        byte[] zero = new TraceId(0, 0).toBytes();
        byte[] own = id.toBytes();
        for (int at = 0; at + own.length <= value.length; at++) {
            if (java.util.Arrays.equals(value, at, at + zero.length, zero, 0, zero.length)) {
                System.arraycopy(own, 0, value, at, own.length);
            }
        }
        return value;
    }
}
