package dev.traced.ingest.otlp;

import com.google.protobuf.ByteString;
import dev.traced.ingest.receive.Admission;
import dev.traced.ingest.sampling.SamplingRates;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/** What an OTLP span costs between its bytes and its record: run by hand, on an idle machine. Arguments: rounds. */
final class OtlpSpansBenchmark {
    private static final int SPANS = 100;
    private static final int BODIES = 64;
    private static final int REPEATS = 1_000;
    private static final Admission ALL = Admission.from(0);
    private static final Admission SAMPLED = new Admission(0, new SamplingRates(0.1, Map.of("health", 0.01)));

    private OtlpSpansBenchmark() {}

    public static void main(String[] args) throws Exception {
        int rounds = args.length == 0 ? 20 : Integer.parseInt(args[0]);
        byte[][] bodies = new byte[BODIES][];
        Random random = new Random(1);
        for (int i = 0; i < BODIES; i++) {
            bodies[i] = body(random);
        }
        List<List<ResourceSpans>> parsed = new java.util.ArrayList<>();
        for (byte[] body : bodies) {
            parsed.add(ExportTraceServiceRequest.parseFrom(body).getResourceSpansList());
        }
        System.out.printf(Locale.ROOT, "%d spans a body, %d bytes%n", SPANS, bodies[0].length);
        measure("count+parse", rounds, i -> parse(bodies[i]).size());
        measure("sort+encode", rounds, i -> OtlpSpans.receive(parsed.get(i), ALL)
                .records()
                .size());
        measure("sample+encode", rounds, i -> OtlpSpans.receive(parsed.get(i), SAMPLED)
                .records()
                .size());
        measure("all", rounds, i -> OtlpSpans.receive(parse(bodies[i]), ALL)
                .records()
                .size());
    }

    private static List<ResourceSpans> parse(byte[] body) {
        try {
            MessageCount.protobuf(body, body.length, ExportTraceServiceRequest.getDescriptor());
            return ExportTraceServiceRequest.parseFrom(body).getResourceSpansList();
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
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

    /** One service's batch: 25 traces of 4 spans with three attributes, as the benchmark of the JSON reader has them. */
    private static byte[] body(Random random) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        for (int i = 0; i < SPANS; i += 4) {
            ByteString trace = id(random, 16);
            ByteString root = id(random, 8);
            for (int k = 0; k < 4; k++) {
                long start = 1_760_000_000_000_000_000L + random.nextInt(1_000_000_000);
                Span.Builder span = Span.newBuilder()
                        .setTraceId(trace)
                        .setSpanId(k == 0 ? root : id(random, 8))
                        .setName("GET /cart")
                        .setKindValue(2)
                        .setStartTimeUnixNano(start)
                        .setEndTimeUnixNano(start + 5_000_000)
                        .addAttributes(attribute("http.method", "GET"))
                        .addAttributes(attribute("http.status_code", "200"))
                        .addAttributes(attribute("region", "eu-central-1"));
                if (k > 0) {
                    span.setParentSpanId(root);
                }
                scope.addSpans(span);
            }
        }
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(io.opentelemetry.proto.resource.v1.Resource.newBuilder()
                                .addAttributes(attribute("service.name", "checkout")))
                        .addScopeSpans(scope))
                .build()
                .toByteArray();
    }

    private static ByteString id(Random random, int bytes) {
        byte[] id = new byte[bytes];
        random.nextBytes(id);
        return ByteString.copyFrom(id);
    }

    private static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }
}
