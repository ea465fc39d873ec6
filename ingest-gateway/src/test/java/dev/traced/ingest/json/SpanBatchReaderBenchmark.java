package dev.traced.ingest.json;

import dev.traced.ingest.publish.SpanRecords;
import dev.traced.model.Span;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntUnaryOperator;

/** What a span costs between its bytes and its record: run by hand, on an idle machine. Arguments: rounds. */
final class SpanBatchReaderBenchmark {
    private static final int SPANS = 100;
    private static final int BODIES = 64;
    private static final int REPEATS = 1_000;
    private static final String[] SERVICES = {"checkout", "payment", "inventory", "frontend", "shipping"};
    private static final String[] OPERATIONS = {"GET /cart", "charge", "reserve", "render", "quote", "SELECT orders"};

    private SpanBatchReaderBenchmark() {}

    public static void main(String[] args) {
        int rounds = args.length == 0 ? 20 : Integer.parseInt(args[0]);
        byte[][] bodies = new byte[BODIES][];
        Random random = new Random(1);
        for (int i = 0; i < BODIES; i++) {
            bodies[i] = body(random);
        }
        SpanBatchReader reader = new SpanBatchReader();
        List<List<Span>> batches = Arrays.stream(bodies)
                .map(body -> reader.read(body, body.length))
                .toList();
        System.out.printf(Locale.ROOT, "%d spans a body, %d bytes%n", SPANS, bodies[0].length);
        measure("utf8", rounds, i -> Utf8.firstInvalid(bodies[i], bodies[i].length));
        measure("read", rounds, i -> reader.read(bodies[i], bodies[i].length).size());
        measure("group+encode", rounds, i -> SpanRecords.of(batches.get(i)).size());
        measure("all", rounds, i -> SpanRecords.of(reader.read(bodies[i], bodies[i].length))
                .size());
    }

    /** The best of the rounds: on a busy machine the others tell of the neighbours. */
    private static void measure(String name, int rounds, IntUnaryOperator step) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        int sink = 0;
        double bestNanos = Double.MAX_VALUE;
        double bytes = 0;
        for (int round = 0; round < rounds; round++) {
            long allocated = threads.getThreadAllocatedBytes(thread);
            long cpu = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < REPEATS; i++) {
                sink += step.applyAsInt(i % BODIES);
            }
            cpu = threads.getCurrentThreadCpuTime() - cpu;
            bestNanos = Math.min(bestNanos, (double) cpu / REPEATS / SPANS);
            bytes = (double) (threads.getThreadAllocatedBytes(thread) - allocated) / REPEATS / SPANS;
        }
        System.out.printf(
                Locale.ROOT, "%-14s %7.0f ns/span %7.0f bytes/span   (%d)%n", name, bestNanos, bytes, sink & 1);
    }

    private static byte[] body(Random random) {
        StringBuilder json = new StringBuilder("{\"spans\":[");
        for (int i = 0; i < SPANS; i += 4) {
            String trace = new UUID(random.nextLong(), random.nextLong()).toString();
            String root = new UUID(random.nextLong(), random.nextLong()).toString();
            for (int k = 0; k < 4; k++) {
                String id = k == 0 ? root : new UUID(random.nextLong(), random.nextLong()).toString();
                long start = 1_760_000_000_000_000_000L + random.nextInt(1_000_000_000);
                json.append(i + k == 0 ? "" : ",")
                        .append("{\"trace_id\":\"")
                        .append(trace)
                        .append("\",\"span_id\":\"")
                        .append(id)
                        .append('"');
                if (k > 0) {
                    json.append(",\"parent_span_id\":\"").append(root).append('"');
                }
                json.append(",\"service\":\"")
                        .append(SERVICES[random.nextInt(SERVICES.length)])
                        .append("\",\"operation\":\"")
                        .append(OPERATIONS[random.nextInt(OPERATIONS.length)])
                        .append("\",\"start_time\":")
                        .append(start)
                        .append(",\"end_time\":")
                        .append(start + random.nextInt(100_000_000))
                        .append(",\"status\":\"")
                        .append(random.nextInt(20) == 0 ? "error" : "ok")
                        .append("\",\"tags\":{\"http.method\":\"GET\",\"http.status_code\":\"200\",\"host\":\"host-")
                        .append(random.nextInt(20))
                        .append("\"}}");
            }
        }
        return json.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }
}
