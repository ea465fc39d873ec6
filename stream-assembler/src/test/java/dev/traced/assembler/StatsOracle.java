package dev.traced.assembler;

import com.google.protobuf.ByteString;
import dev.traced.model.StatsKey;
import dev.traced.model.StatsLine;
import dev.traced.model.StatsPage;
import dev.traced.model.StatsQuery;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.TracesData;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What statistics must be, by brute force from the spans that were sent: all durations are kept and put in order. It shares
 * no rule with the code: not how spans find their parents, nor how times and durations are rounded.
 */
final class StatsOracle {
    private static final long SECOND = 1_000_000_000;
    private static final long SLOT = 60 * SECOND; // of a window of 30 minutes
    private static final long VISIBLE = 1_805 * SECOND;

    /** A span as it was sent, with an id of 8 bytes. */
    record Sent(
            long id,
            boolean isServer,
            long parent,
            String service,
            String operation,
            long start,
            long end,
            boolean fails) {
        long duration() {
            BigInteger duration = BigInteger.valueOf(end).subtract(BigInteger.valueOf(start));
            return duration.max(BigInteger.ZERO)
                    .min(BigInteger.valueOf(Long.MAX_VALUE))
                    .longValueExact();
        }
    }

    /** A trace as it was when it closed. */
    private record Closed(List<Sent> spans, long atMs) {}

    private final Map<Integer, List<Sent>> arrived = new HashMap<>();
    private final Map<Integer, Closed> closed = new HashMap<>();

    /** A line that is expected; equal to that of an answer if all of it is. */
    record Line(long traces, long spans, long errors, BigInteger sum, long p1, long p50, long p95, long p99) {
        static Line of(StatsLine line) {
            var percentiles = line.durations().percentiles();
            return new Line(
                    line.traces(),
                    line.spans(),
                    line.errors(),
                    line.durations().sumNanos(),
                    percentiles.applyAsLong(1),
                    percentiles.applyAsLong(50),
                    percentiles.applyAsLong(95),
                    percentiles.applyAsLong(99));
        }
    }

    static byte[] value(int trace, List<Sent> spans) {
        TracesData.Builder data = TracesData.newBuilder();
        for (Sent span : spans) {
            Span.Builder out = Span.newBuilder()
                    .setTraceId(bytes(0, trace))
                    .setSpanId(bytes(span.id))
                    .setName(span.operation)
                    .setKind(span.isServer ? Span.SpanKind.SPAN_KIND_SERVER : Span.SpanKind.SPAN_KIND_CLIENT)
                    .setStartTimeUnixNano(span.start)
                    .setEndTimeUnixNano(span.end);
            if (span.parent != 0) {
                out.setParentSpanId(bytes(span.parent));
            }
            if (span.fails) {
                out.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
            }
            KeyValue.Builder service = KeyValue.newBuilder()
                    .setKey("service.name")
                    .setValue(AnyValue.newBuilder().setStringValue(span.service));
            data.addResourceSpans(ResourceSpans.newBuilder()
                    .setResource(Resource.newBuilder().addAttributes(service))
                    .addScopeSpans(ScopeSpans.newBuilder().addSpans(out)));
        }
        return data.build().toByteArray();
    }

    private static ByteString bytes(long... parts) {
        ByteBuffer bytes = ByteBuffer.allocate(parts.length * Long.BYTES);
        for (long part : parts) {
            bytes.putLong(part);
        }
        return ByteString.copyFrom(bytes.flip());
    }

    void arrives(int trace, List<Sent> spans) {
        arrived.computeIfAbsent(trace, first -> new ArrayList<>()).addAll(spans);
    }

    void closes(int trace, long atMs) {
        closed.put(trace, new Closed(List.copyOf(arrived.get(trace)), atMs));
    }

    Set<Integer> traces() {
        return arrived.keySet();
    }

    /** Asserts that an answer is for whole slots and has what it must have. */
    TreeMap<StatsKey, Line> expected(StatsQuery query, StatsPage answer) {
        long edge = query.nowNanos() - VISIBLE;
        long after = Math.max(query.afterNanos() / SLOT * SLOT, (edge + SLOT - 1) / SLOT * SLOT);
        Long before = query.beforeNanos() == null
                ? null
                : Long.valueOf(Math.max(after, (query.beforeNanos() + SLOT - 1) / SLOT * SLOT));
        if (answer.afterNanos() != after
                || !String.valueOf(answer.beforeNanos()).equals(String.valueOf(before))) {
            throw new AssertionError("wanted " + after + " to " + before + ", got " + answer);
        }
        Map<StatsKey, Set<Integer>> traces = new HashMap<>();
        Map<StatsKey, List<Sent>> spans = new HashMap<>();
        closed.forEach((number, trace) -> {
            Map<String, Sent> latest = new HashMap<>();
            trace.spans.forEach(span -> latest.put(name(span.id, span.isServer), span));
            long start = start(latest);
            boolean isFuture = start > trace.atMs * 1_000_000 + 3_600 * SECOND;
            boolean isOfAnyTime = query.afterNanos() <= query.nowNanos() + 3_600 * SECOND && before == null;
            boolean isAsked = isFuture ? isOfAnyTime : start >= after && (before == null || start < before);
            if (!isAsked) {
                return;
            }
            StatsKey step = isFuture ? StatsKey.FUTURE : StatsKey.startingAt(start / SLOT * SLOT);
            for (Sent span : latest.values()) {
                StatsKey key = key(query, span, latest, step);
                if (key != null) {
                    traces.computeIfAbsent(key, first -> new HashSet<>()).add(number);
                    spans.computeIfAbsent(key, first -> new ArrayList<>()).add(span);
                }
            }
        });
        TreeMap<StatsKey, Line> lines = new TreeMap<>();
        spans.forEach((key, found) -> lines.put(
                key, line(query.by() == StatsQuery.By.CALL ? 0 : traces.get(key).size(), found)));
        return lines;
    }

    private static StatsKey key(StatsQuery query, Sent span, Map<String, Sent> latest, StatsKey step) {
        if (query.by() == StatsQuery.By.CALL) {
            Sent parent = parent(span, latest);
            return parent == null || parent.service.equals(span.service)
                    ? null
                    : StatsKey.call(parent.service, span.service);
        }
        if ((query.service() != null && !query.service().equals(span.service))
                || (query.operation() != null && !query.operation().equals(span.operation))) {
            return null;
        }
        return switch (query.by()) {
            case SERVICE -> StatsKey.named(span.service);
            case OPERATION -> StatsKey.named(span.operation);
            default -> step;
        };
    }

    private static String name(long id, boolean isServer) {
        return id + (isServer ? " server" : " client");
    }

    private static Sent parent(Sent span, Map<String, Sent> latest) {
        if (span.isServer && latest.containsKey(name(span.id, false))) {
            return latest.get(name(span.id, false));
        }
        Sent client = span.parent == 0 ? null : latest.get(name(span.parent, false));
        Sent server = span.parent == 0 ? null : latest.get(name(span.parent, true));
        if (server == null) {
            return client;
        }
        boolean belongsToClient =
                client != null && client.service.equals(span.service) && !server.service.equals(span.service);
        return belongsToClient ? client : server;
    }

    private static long start(Map<String, Sent> latest) {
        return latest.values().stream()
                .filter(span -> span.parent == 0 && parent(span, latest) == null)
                .mapToLong(Sent::start)
                .min()
                .orElseGet(() ->
                        latest.values().stream().mapToLong(Sent::start).max().orElseThrow());
    }

    private static Line line(long traces, List<Sent> spans) {
        long[] sorted = spans.stream().mapToLong(Sent::duration).sorted().toArray();
        BigInteger sum = BigInteger.ZERO;
        for (long duration : sorted) {
            sum = sum.add(BigInteger.valueOf(duration));
        }
        return new Line(
                traces,
                spans.size(),
                spans.stream().filter(Sent::fails).count(),
                sum,
                rounded(nearestRank(sorted, 0.01)),
                rounded(nearestRank(sorted, 0.5)),
                rounded(nearestRank(sorted, 0.95)),
                rounded(nearestRank(sorted, 0.99)));
    }

    private static long nearestRank(long[] sorted, double share) {
        int rank = 1;
        while (rank < share * sorted.length - 1e-9) {
            rank++;
        }
        return sorted[rank - 1];
    }

    /** Its seven leading binary digits. */
    static long rounded(long duration) {
        long width = 1;
        while (duration / width >= 128) {
            width *= 2;
        }
        return duration / width * width;
    }
}
